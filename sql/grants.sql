-- What Omnichannel's programs may do, table by table. Run by the server's root,
-- in the database, after `omnichannel-admin migrate` and after every upgrade:
--     mariadb omnichannel < grants.sql
-- Safe to repeat. Workers see no webhook secret, change no schema, delete nothing;
-- the sender sees no key and no ticket. `omnichannel-admin doctor` compares.

GRANT SELECT ON schema_version TO omni_worker@localhost;
GRANT SELECT ON partner TO omni_worker@localhost;
GRANT SELECT ON api_key TO omni_worker@localhost;
GRANT SELECT ON service TO omni_worker@localhost;
GRANT SELECT ON branch TO omni_worker@localhost;
GRANT SELECT, INSERT, UPDATE ON ticket TO omni_worker@localhost;
GRANT SELECT, INSERT ON comment TO omni_worker@localhost;
GRANT SELECT, INSERT ON ticket_event TO omni_worker@localhost;
GRANT SELECT, INSERT ON attachment TO omni_worker@localhost;
GRANT SELECT, INSERT ON attachment_chunk TO omni_worker@localhost;
GRANT SELECT, INSERT ON idempotency TO omni_worker@localhost;
GRANT INSERT ON webhook_job TO omni_worker@localhost;

GRANT SELECT ON schema_version TO omni_sender@localhost;
GRANT SELECT ON partner TO omni_sender@localhost;
GRANT SELECT ON partner_secret TO omni_sender@localhost;
GRANT SELECT, UPDATE, DELETE ON webhook_job TO omni_sender@localhost;
GRANT SELECT, INSERT, UPDATE ON webhook_receiver TO omni_sender@localhost;
GRANT INSERT ON webhook_attempt TO omni_sender@localhost;
GRANT SELECT (receiver, partner_id), INSERT ON webhook_dead TO omni_sender@localhost;
GRANT SELECT, INSERT ON webhook_gone TO omni_sender@localhost;

-- A day's history of webhooks is dropped as a whole. The admin program drops nothing else.
GRANT DROP ON webhook_attempt TO omni_admin@localhost;

-- Given up to version 0.2.0, needed by none. Taking away what is not there would
-- be an error, hence given first.
GRANT DELETE ON idempotency TO omni_worker@localhost;
REVOKE DELETE ON idempotency FROM omni_worker@localhost;
GRANT SELECT, DELETE ON idempotency TO omni_sender@localhost;
REVOKE SELECT, DELETE ON idempotency FROM omni_sender@localhost;
