class EntryHandler {
  constructor(app) {
    this.app = app;
  }

  async echo(body) {
    // Pinus has added the route to the body.
    delete body.__route__;
    return body;
  }

  async join(_body, session) {
    const uid = `guest-${session.id}`;
    await session.abind(uid);
    this.channel.add(uid, this.app.getServerId());
    return { code: 200 };
  }

  async bcast(body) {
    delete body.__route__;
    await this.channel.apushMessage('onBroadcast', body);
  }

  get channel() {
    return this.app.get('channelService').getChannel('room', true);
  }
}

module.exports.default = (app) => new EntryHandler(app);
