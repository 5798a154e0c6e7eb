-- Clients by owner, for operators who manage only their own clients.
ALTER TABLE clients ADD COLUMN owner text COLLATE "C";
CREATE INDEX clients_owner ON clients (tenant, owner, id) WHERE owner IS NOT NULL;
