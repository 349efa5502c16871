//! Every name that follows from a type file, and the rules of names. GraphQL and documents take them from here.

use super::{CertificateType, FieldKind};

/// Longest property or type name taken.
pub const MAX_NAME: usize = 64;

/// Fields of the interface `Certificate`, the words of `where` and of GraphQL itself: no property and no relation may be called so.
pub const RESERVED_PROPERTIES: &[&str] = &[
    "id",
    "identifier",
    "typeCode",
    "typeName",
    "name",
    "number",
    "issuer",
    "issuedOn",
    "validFrom",
    "validTo",
    "holders",
    "status",
    "statusCode",
    "version",
    "current",
    "previous",
    "history",
    "signature",
    "files",
    "updatedAt",
    "and",
    "or",
    "not",
    // What an enum of GraphQL may not hold: properties become values of `OrderField` and `GroupBy`.
    "true",
    "false",
    "null",
];

/// What every `where` asks beside the fields of `Certificate`: a property of that name is found by it, not by an index of its own.
pub const CONDITIONS: &[&str] = &["holderCode"];

/// Dates of every certificate that statistics group by, as `validToYear` and `validToMonth`.
pub const GROUPED_DATES: &[&str] = &["issuedOn", "validFrom", "validTo"];

/// Types of the schema that every hub has, and names kept for those to come.
pub const BUILT_IN_TYPES: &[&str] = &[
    "Query",
    "Mutation",
    "Subscription",
    "String",
    "Int",
    "Float",
    "Boolean",
    "ID",
    "Date",
    "DateTime",
    "Decimal",
    "Long",
    "Base64",
    "JSON",
    "Lang",
    "Certificate",
    "Node",
    "Authority",
    "AuthorityInput",
    "Holder",
    "HolderInput",
    "CodeValue",
    "StatusCode",
    "CertificateStatus",
    "CertificateEvent",
    "CertificateFile",
    "CertificateConnection",
    "CertificateEdge",
    "CertificateType",
    "CertificateTypeField",
    "CertificateTypeState",
    "CertificateRow",
    "PageInfo",
    "SignatureInfo",
    "AccessOfMine",
    "AccessRequest",
    "AccessRequestState",
    "AccessRule",
    "Grant",
    "HolderSession",
    "UseCode",
    "AdministratorAccount",
    "AdministratorSession",
    "SignedIn",
    "SignInChallenge",
    "Approval",
    "ApprovalState",
    "Mandate",
    "Access",
    "VerificationReport",
    "VerificationResult",
    "PublicCertificate",
    "Receipt",
    "Reason",
    "Check",
    "CheckOutcome",
    "Outcome",
    "UsageCopy",
    "Seal",
    "SealShape",
    "SealStatus",
    "SealUse",
    "SealedFile",
    "TypeRegistration",
    "Diagnostic",
    "Severity",
    "Change",
    "Fault",
    "Event",
    "Message",
    "Title",
    "CodeTable",
    "Code",
    "Statistics",
    "CertificateStatistics",
    "EqualityFilter",
    "TypeChange",
    "StatisticsGroup",
    "StatisticsKey",
    "GroupUnit",
    "Direction",
    "SortDirection",
    "OrderDirection",
    "TextWhere",
    "CodeWhere",
    "DateWhere",
    "DateTimeWhere",
    "NumberWhere",
    "IntWhere",
    "LongWhere",
    "FloatWhere",
    "DecimalWhere",
    "BooleanWhere",
    "PersonalWhere",
    "StatusWhere",
    "IDWhere",
    "TextFilter",
    "CodeFilter",
    "DateFilter",
    "DateTimeFilter",
    "IntFilter",
    "LongFilter",
    "FloatFilter",
    "DecimalFilter",
    "BooleanFilter",
    "PersonalFilter",
    "StatusFilter",
    "FaceRegistration",
    "SealingResult",
    "SealingState",
    "SealingTask",
    "Department",
    "DepartmentContact",
    "DepartmentContactInput",
    "Client",
    "ClientRole",
    "ClientState",
    "ClientCredential",
    "ClientCredentialKind",
    "NewClientSecret",
];

/// Root fields of `Query` that every hub has.
pub const BUILT_IN_QUERIES: &[&str] = &[
    "certificate",
    "node",
    "certificates",
    "holder",
    "holders",
    "certificateTypes",
    "certificateType",
    "accessRequests",
    "accessesOfMine",
    "useCodes",
    "mandates",
    "explainAccess",
    "grants",
    "myAccess",
    "verifyCertificate",
    "verifyCertificates",
    "verifyInformation",
    "verifyFile",
    "verifyCode",
    "sealedFiles",
    "authority",
    "authorities",
    "codeTable",
    "codeTables",
    "seals",
    "sealingQueue",
    "departments",
    "client",
    "me",
    "sessions",
    "approvals",
];

/// Root fields of `Mutation` that every hub has.
pub const BUILT_IN_MUTATIONS: &[&str] = &[
    "decideAccess",
    "freezeHolder",
    "freezeMine",
    "makeUseCode",
    "appointAgent",
    "withdrawMandate",
    "openHolderSession",
    "unfreezeHolder",
    "withdrawUseCode",
    "putGrant",
    "requestAccess",
    "withdrawGrant",
    "suspendCertificate",
    "resumeCertificate",
    "revokeCertificate",
    "cancelCertificate",
    "createUsageCopy",
    "registerCertificateType",
    "publishCertificateType",
    "withdrawCertificateType",
    "registerAuthority",
    "registerFace",
    "sealCertificates",
    "refuseSealing",
    "registerSeal",
    "suspendSeal",
    "resumeSeal",
    "destroySeal",
    "registerDepartment",
    "registerClient",
    "addClientSecret",
    "addClientCertificate",
    "revokeClientCredential",
    "revokeClient",
    "reviewClient",
    "signIn",
    "signInChallenge",
    "signInBySignature",
    "signOut",
    "changePassword",
    "endSession",
    "endAllSessions",
    "approve",
    "refuseApproval",
];

/// `safetyOfficerCertificate`: one certificate.
pub fn root_one(ty: &CertificateType) -> String {
    lower_first(&ty.name)
}

/// `safetyOfficerCertificates`: many.
pub fn root_many(ty: &CertificateType) -> String {
    lower_first(&ty.plural)
}

/// `safetyOfficerCertificateStatistics`.
pub fn root_statistics(ty: &CertificateType) -> String {
    format!("{}Statistics", lower_first(&ty.name))
}

/// `issueSafetyOfficerCertificate`.
pub fn root_issue(ty: &CertificateType) -> String {
    format!("issue{}", ty.name)
}

/// `issueSafetyOfficerCertificates`: a batch.
pub fn root_issue_many(ty: &CertificateType) -> String {
    format!("issue{}", ty.plural)
}

pub fn root_amend(ty: &CertificateType) -> String {
    format!("amend{}", ty.name)
}

pub fn root_renew(ty: &CertificateType) -> String {
    format!("renew{}", ty.name)
}

pub fn connection(ty: &CertificateType) -> String {
    format!("{}Connection", ty.name)
}

pub fn edge(ty: &CertificateType) -> String {
    format!("{}Edge", ty.name)
}

/// The filter input.
pub fn filter(ty: &CertificateType) -> String {
    format!("{}Where", ty.name)
}

pub fn order(ty: &CertificateType) -> String {
    format!("{}Order", ty.name)
}

pub fn order_field(ty: &CertificateType) -> String {
    format!("{}OrderField", ty.name)
}

/// Enum of the fields that statistics group by.
pub fn group_by(ty: &CertificateType) -> String {
    format!("{}GroupBy", ty.name)
}

/// Enum of the same, as answered.
pub fn statistics(ty: &CertificateType) -> String {
    format!("{}Statistics", ty.name)
}

pub fn issue_input(ty: &CertificateType) -> String {
    format!("Issue{}Input", ty.name)
}

/// A row's result in a batch.
pub fn issue_result(ty: &CertificateType) -> String {
    format!("Issue{}Result", ty.name)
}

/// The input object of the properties.
pub fn data_input(ty: &CertificateType) -> String {
    format!("{}Data", ty.name)
}

/// A nested object: `<Type><Property>`, deeper ones the same again.
pub fn nested(parent: &str, property: &str) -> String {
    format!("{parent}{}", upper_first(property))
}

/// The input twin of a nested object.
pub fn nested_input(nested: &str) -> String {
    format!("{nested}Input")
}

/// Every GraphQL type name that the type brings, each with the property path it comes from (empty: the type itself).
pub fn generated_types(ty: &CertificateType) -> Vec<(String, Vec<String>)> {
    generated_types_of(&ty.name, &ty.fields)
}

/// The same from the parts, for a type that is still under examination.
pub(super) fn generated_types_of(name: &str, fields: &[super::types::Field]) -> Vec<(String, Vec<String>)> {
    let own = ["", "Connection", "Edge", "Where", "Order", "OrderField", "GroupBy", "Statistics", "Data"];
    let mut names: Vec<_> = own.iter().map(|suffix| (format!("{name}{suffix}"), Vec::new())).collect();
    names.push((format!("Issue{name}Input"), Vec::new()));
    names.push((format!("Issue{name}Result"), Vec::new()));
    collect_nested(fields, &mut Vec::new(), &mut names);
    names
}

/// Root fields that the type brings: of `Query`, of `Mutation`.
pub(super) fn generated_roots(name: &str, plural: &str) -> (Vec<String>, Vec<String>) {
    let one = lower_first(name);
    let queries = vec![one.clone(), lower_first(plural), format!("{one}Statistics")];
    let mutations = vec![format!("issue{name}"), format!("issue{plural}"), format!("amend{name}"), format!("renew{name}")];
    (queries, mutations)
}

fn collect_nested(fields: &[super::types::Field], path: &mut Vec<String>, names: &mut Vec<(String, Vec<String>)>) {
    for field in fields {
        let mut kind = &field.kind;
        while let FieldKind::List(inner) = kind {
            kind = inner;
        }
        if let FieldKind::Object(object) = kind {
            path.push(field.name.clone());
            names.push((object.name.clone(), path.clone()));
            names.push((nested_input(&object.name), path.clone()));
            collect_nested(&object.fields, path, names);
            path.pop();
        }
    }
}

/// `personName`: starts small, ASCII letters and digits.
pub fn is_lower_camel(name: &str) -> bool {
    name.len() <= MAX_NAME && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// `SafetyOfficerCertificate`: starts large, ASCII letters and digits.
pub fn is_upper_camel(name: &str) -> bool {
    name.len() <= MAX_NAME && name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

pub fn is_reserved_property(name: &str) -> bool {
    RESERVED_PROPERTIES.contains(&name)
}

/// What a name would look like in lowerCamelCase, for a hint; None when nothing of it can be kept.
pub(super) fn suggest_camel(name: &str, upper: bool) -> Option<String> {
    let mut out = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        out.push_str(&upper_first(word));
    }
    let out = if upper { out } else { lower_first(&out) };
    let fits = if upper { is_upper_camel(&out) } else { is_lower_camel(&out) };
    fits.then_some(out)
}

/// The nearest of `known` to `name`, when it is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance, names being short.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(MAX_NAME).collect(), b.chars().take(MAX_NAME).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = before + usize::from(left != right);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + chars.as_str())
}

fn upper_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ascii_camel_case() {
        assert!(is_lower_camel("personName2") && !is_lower_camel("PersonName") && !is_lower_camel("person_name"));
        assert!(!is_lower_camel("") && !is_lower_camel("姓名") && !is_lower_camel(&"a".repeat(MAX_NAME + 1)));
        assert!(is_upper_camel("Licence") && !is_upper_camel("licence") && !is_upper_camel("__Licence"));
    }

    #[test]
    fn a_near_name_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("SaftyOfficer", ["SafetyOfficer", "Sex"]), Some("SafetyOfficer"));
        assert_eq!(nearest("x", ["SafetyOfficer"]), None);
        assert_eq!(suggest_camel("person_name", false).as_deref(), Some("personName"));
        assert_eq!(suggest_camel("姓名", false), None);
    }
}
