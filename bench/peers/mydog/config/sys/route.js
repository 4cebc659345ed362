/** A route's place is its number on the wire. */
module.exports.default = ['connector.main.echo', 'connector.main.bcast', 'connector.main.join'];
