/** Pomelo: one frontend, without the part that talks to a master, and without its log. */
const pomelo = require('pomelo');
const TcpSocket = require('pomelo/lib/connectors/hybrid/tcpsocket');
const { setGlobalLogLevel } = require('pomelo-logger');
const { startFrontend } = require('../start-frontend.js');

setGlobalLogLevel('ERROR');
Object.defineProperty(pomelo, 'monitor', {
  value: () => ({ name: '__monitor__', start: (done) => done() }),
});
// Its own names an encoding which Node does not know any more.
TcpSocket.prototype.send = function send(bytes) {
  this._socket.write(bytes);
};
startFrontend(pomelo, pomelo.connectors.hybridconnector, __dirname);
