/** Pinus: one frontend, without the part that talks to a master. */
require('reflect-metadata');
const { pinus } = require('pinus');
const { startFrontend } = require('../start-frontend.js');

class NoMonitor {
  name = '__monitor__';

  start(done) {
    done();
  }
}

pinus.components.monitor = NoMonitor;
startFrontend(pinus, pinus.connectors.hybridconnector, __dirname);
