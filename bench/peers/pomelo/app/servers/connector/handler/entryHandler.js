module.exports = (app) => {
  const channel = () => app.get('channelService').getChannel('room', true);
  return {
    echo(body, _session, next) {
      // Pomelo has added the route to the body.
      delete body.__route__;
      next(null, body);
    },

    join(_body, session, next) {
      const uid = `guest-${session.id}`;
      session.bind(uid, () => {
        channel().add(uid, app.getServerId());
        next(null, { code: 200 });
      });
    },

    bcast(body, _session, next) {
      delete body.__route__;
      channel().pushMessage('onBroadcast', body, {}, () => {});
      next(null);
    },
  };
};
