/** Starts one frontend of Pomelo or of pinus: both take their settings from the command line. */
exports.startFrontend = (framework, connector, base) => {
  const { port } = JSON.parse(process.argv[2]);
  const server = {
    id: 'connector-server-1',
    serverType: 'connector',
    host: '127.0.0.1',
    clientPort: port,
    frontend: true,
  };
  process.argv.splice(2, Infinity, ...Object.entries(server).map(([key, value]) => `${key}=${value}`));
  const app = framework.createApp({ base });
  app.set('connectorConfig', { connector, heartbeat: 30, useDict: false, useProtobuf: false });
  app.start((error) => {
    if (error) throw error;
    process.send({ number: 0, value: { port } });
  });
};
