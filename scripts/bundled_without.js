/**
 * Packages that stay outside the bundle: DuckDB's bindings and lmdb bring libraries of their own; Pub/Sub's client needs the gRPC that the graph's library is bundled without; Cloud Storage's reads files of its own
 * package; BigQuery's, what signs calls of Dataflow's REST API, and what sends mail are needed by few runs.
 */
module.exports = [
  '@duckdb/node-bindings',
  '@google-cloud/bigquery',
  '@google-cloud/bigquery-storage',
  '@google-cloud/pubsub',
  '@google-cloud/storage',
  '@grpc/grpc-js',
  'echarts',
  'google-auth-library',
  'lmdb',
  'nodemailer',
];
