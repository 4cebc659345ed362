module.exports.default = { development: { id: 'master', host: '127.0.0.1', port: 1 } };
