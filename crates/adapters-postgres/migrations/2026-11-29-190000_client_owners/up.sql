-- Clients by owner, for operators who manage only their own clients. The document has the owner too. PostgreSQL cannot
-- read a document with U+0000.
ALTER TABLE clients ADD COLUMN owner text COLLATE "C";
UPDATE clients SET owner = document::json ->> 'owner'
    WHERE document LIKE '%"owner"%' AND strpos(document, '\u0000') = 0;
CREATE INDEX clients_owner ON clients (tenant, owner, id);
