-- Omnichannel schema 2: the service catalogue and branches it ships with.
-- oldest program: 1
--
-- INSERT IGNORE: rows that are there already, edited or not, stay as they are.

INSERT IGNORE INTO service (type, sub_type, name, support_group, response_minutes, sla_hours, estimate_hours) VALUES
    ('CLAIM', '', 'Financial Claims', 'Transaction Claims Support', 60, 8, 48),
    ('CLAIM', 'ATM_CARD_RETAINED', 'ATM Card Services', 'Transaction Claims Support', 60, 4, 24),
    ('REIMBURSEMENT', '', 'Reimbursement Services', 'Transaction Claims Support', 120, 24, 72),
    ('DISPUTE', '', 'Transaction Disputes', 'Dispute Resolution', 60, 8, 72),
    ('COMPLAINT', '', 'Customer Complaints', 'Customer Care', 120, 24, 48),
    ('INQUIRY', '', 'General Inquiries', 'Customer Care', 240, 24, 48),
    ('FEEDBACK', '', 'Customer Feedback', 'Customer Care', 480, 72, 120),
    ('TECHNICAL_SUPPORT', '', 'Technical Support', 'IT Service Desk', 120, 8, 24),
    ('ACCOUNT_ISSUE', '', 'Account Services', 'Account Services Support', 60, 8, 24),
    ('CARD_ISSUE', '', 'Card Services', 'Card Services Support', 60, 8, 24),
    ('ATM_ISSUE', '', 'ATM Services', 'ATM Operations', 60, 4, 24),
    ('MOBILE_BANKING', '', 'Mobile Banking', 'Digital Banking Support', 60, 8, 24),
    ('INTERNET_BANKING', '', 'Internet Banking', 'Digital Banking Support', 60, 8, 24),
    ('GENERAL_REQUEST', '', 'General Requests', 'Customer Care', 240, 24, 48),
    ('OTHER', '', 'Other Services', 'Customer Care', 240, 24, 48);

INSERT IGNORE INTO branch (code, name) VALUES
    ('001', 'Cabang Utama'),
    ('002', 'Cabang Bitung'),
    ('003', 'Cabang Tomohon'),
    ('004', 'Cabang Tondano'),
    ('005', 'Cabang Kotamobagu'),
    ('006', 'Cabang Gorontalo');
