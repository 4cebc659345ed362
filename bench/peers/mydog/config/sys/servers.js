/** The ports are free ones; whoever starts the server names that of the clients. */
module.exports.default = {
  development: {
    connector: [{ id: 'connector-1', host: '127.0.0.1', port: 0, clientPort: 0, frontend: true }],
  },
};
