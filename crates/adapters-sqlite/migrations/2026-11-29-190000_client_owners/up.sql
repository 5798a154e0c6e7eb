-- Clients by owner, for operators who manage only their own clients.
CREATE INDEX clients_owner ON clients (tenant, json_extract(document, '$.owner'), id);
