/** Mydog: one frontend. It looks for its master every two seconds, and finds none. */
const mydog = require('mydog');

const { port, transport } = JSON.parse(process.argv[2]);
process.argv.splice(2, Infinity, 'id=connector-1');
const app = mydog.createApp();
app.serverInfo.clientPort = port;
app.setConfig('connector', {
  connector: mydog.connector[transport === 'ws' ? 'Ws' : 'Tcp'],
  heartbeat: 30,
});
// It prints when it listens, and tells it nowhere else.
const { log } = console;
console.log = (text) => {
  if (String(text).endsWith('(clientPort)')) process.send({ number: 0, value: { port } });
  log(text);
};
app.start();
