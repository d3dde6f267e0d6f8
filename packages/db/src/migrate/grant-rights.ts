import pg from 'pg';

/**
 * Gives the role of the processes what they need on the tables that the owner has made, and no more: the record can be read and added to, and neither
 * changed nor emptied; its chain moves by its trigger alone. Run after each migration by the owner of the tables; safe to repeat.
 */
export async function grantRights(ownerUrl: string, role: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const name = owner.escapeIdentifier(role);
    await owner.query(`
      BEGIN;
      GRANT USAGE ON SCHEMA public TO ${name};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${name};
      REVOKE INSERT, UPDATE, DELETE ON audit_chain, audit_link, _prisma_migrations FROM ${name};
      REVOKE UPDATE, DELETE ON audit_entry, audit_checkpoint FROM ${name};
      COMMIT;`);
  } finally {
    await owner.end();
  }
}

/** Makes the role that the processes log in as, or gives it this password. */
export async function ensureRole(ownerUrl: string, role: { name: string; password: string }): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const [name, password] = [owner.escapeIdentifier(role.name), owner.escapeLiteral(role.password)];
    const found = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name]);
    await owner.query(
      `${found.rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${password}`,
    );
  } finally {
    await owner.end();
  }
}
