/** The metrics that the server shows. */
export class MetricsPage {
  constructor(private readonly port: number) {}

  /** Sessions that ended for this reason so far. */
  async sessionEnds(reason: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`);
    const lines = (await response.text()).split('\n');
    return lines
      .filter((line) => line.startsWith('pomelo_session_ends_total{') && line.includes(`reason="${reason}"`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }
}
