-- Clients by owner, for operators who manage only their own clients.
CREATE INDEX clients_owner ON clients (tenant, ((document::json ->> 'owner') COLLATE "C"), id);
