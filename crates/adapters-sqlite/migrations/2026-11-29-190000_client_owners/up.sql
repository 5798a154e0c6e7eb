-- Clients by owner, for operators who manage only their own clients. The document has the owner too.
ALTER TABLE clients ADD COLUMN owner TEXT;
UPDATE clients SET owner = json_extract(document, '$.owner') WHERE document LIKE '%"owner"%';
CREATE INDEX clients_owner ON clients (owner, id, tenant);
