const BROADCAST = 1;

class MainHandler {
  guests = 0;

  constructor(app) {
    this.app = app;
  }

  echo(body, _session, next) {
    next(body);
  }

  bcast(body) {
    this.app.sendAll(BROADCAST, body);
  }

  join(_body, session, next) {
    this.guests += 1;
    session.bind(this.guests);
    next({ code: 200 });
  }
}

module.exports.default = MainHandler;
