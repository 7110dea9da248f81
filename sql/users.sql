-- Omnichannel's database users. Run once by the server's root, in the database:
--     mariadb omnichannel < users.sql
-- before the first `omnichannel-admin migrate`; then grants.sql.
--
-- The accounts are made locked and without a password: nobody can use them until
--     ALTER USER omni_worker@localhost IDENTIFIED BY '…' ACCOUNT UNLOCK;
-- (and the same for the other two). The passwords go into the files that
-- omnichannel.conf names. Programs on other hosts need accounts of their own,
-- 'omni_worker'@'10.1.2.3' REQUIRE SSL, with the same grants.

CREATE USER IF NOT EXISTS omni_worker@localhost ACCOUNT LOCK;
CREATE USER IF NOT EXISTS omni_sender@localhost ACCOUNT LOCK;
CREATE USER IF NOT EXISTS omni_admin@localhost ACCOUNT LOCK;

-- The admin program changes the schema: all tables of this database, no others.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON * TO omni_admin@localhost;
