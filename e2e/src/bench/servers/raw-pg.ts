import { createServer } from 'node:http';
import pg from 'pg';

// The peer: the same page by one prepared statement and the server of Node, without log-in, rights or schemas.
const [databaseUrl = '', tenantId = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 15 });
const text = `
  SELECT r.id, r.service_id, r.number, r.state, r.reason, r.branch, r.commit_sha, r.commit_message, r.commit_author, r.trigger,
         r.created_at, r.started_at, r.finished_at, s.slug, s.name
  FROM pipeline_run r JOIN service s ON s.tenant_id = r.tenant_id AND s.id = r.service_id
  WHERE r.tenant_id = $1 ORDER BY r.created_at DESC, r.id DESC LIMIT 51`;

const server = createServer((_request, response) => {
  void pool.query({ name: 'page', text, values: [tenantId] }).then(({ rows }) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows));
  });
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
