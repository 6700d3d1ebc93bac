//! Headings of the tables that people keep beside the ledger, in every form in which they are read.

/// The unit, by code or name.
pub const UNIT: [&str; 3] = ["unit", "Mã đơn vị", "Đơn vị"];
/// The form.
pub const FORM: [&str; 2] = ["form", "Biểu"];
/// The rule of a finding.
pub const RULE: [&str; 2] = ["rule", "Quy tắc"];
/// Sheet of a form.
pub const SHEET: [&str; 2] = ["sheet", "Trang"];
/// Row code.
pub const CODE: [&str; 2] = ["code", "Mã số"];
/// Number of a column.
pub const COLUMN: [&str; 2] = ["column", "Cột"];
/// An explanation.
pub const TEXT: [&str; 2] = ["text", "Giải trình"];
/// Key of a finding.
pub const KEY: [&str; 3] = ["key", "Mã phát hiện", "Finding"];
/// A decision.
pub const DECISION: [&str; 2] = ["decision", "Quyết định"];
/// The reason of a decision, beside other reasons.
pub const DECISION_REASON: [&str; 2] = ["Lý do quyết định", "Reason of the decision"];
/// A reason.
pub const REASON: [&str; 2] = ["reason", "Lý do"];
/// Document cited.
pub const DOCUMENT: [&str; 2] = ["document", "Văn bản"];
/// Role of whoever did something.
pub const BY: [&str; 2] = ["by", "Chức danh"];
/// Role of a contact.
pub const ROLE: [&str; 3] = ["role", "Chức danh", "Vai trò"];
/// Telephone of a contact.
pub const PHONE: [&str; 3] = ["phone", "Điện thoại", "Số điện thoại"];
/// Mail of a contact.
pub const EMAIL: [&str; 3] = ["email", "e-mail", "Thư điện tử"];
/// The day a return came in.
pub const RECEIVED_ON: [&str; 2] = ["received_on", "Ngày nhận"];
