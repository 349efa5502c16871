//! Verification: open to everybody; answers a report, never the record.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::actor::Role;
use verify::report::Report;
use verify::{Lang, Readable};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::scalars;
use crate::graphql::types::{report, sealed_file};
use crate::store::StoreError;
use crate::verification::{Information, UploadFault};

pub(super) fn fields(query: Object) -> Object {
    let text = |name: &'static str| InputValue::new(name, TypeRef::named(TypeRef::STRING));
    query
        .field(
            Field::new("verifyCertificate", TypeRef::named(report::REPORT), |context| answer(context, by_id))
                .description("按标识验证 / by id or identifier")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID))),
        )
        .field(
            Field::new("verifyCertificates", TypeRef::named_nn_list(report::REPORT), |context| answer(context, by_ids))
                .description("批量验证，至多100个，按所给次序 / at most 100, in the order given")
                .argument(InputValue::new("ids", TypeRef::named_nn_list_nn(TypeRef::ID))),
        )
        .field(
            Field::new("verifyInformation", TypeRef::named(report::REPORT), |context| answer(context, by_information))
                .description("按印制信息验证（GB/T 36906 证照信息验证） / by what is printed on it")
                .argument(InputValue::new("typeCode", TypeRef::named_nn(TypeRef::STRING)).description("GraphQL 名称或证照类型代码"))
                .argument(text("number"))
                .argument(text("holderName"))
                .argument(text("holderCode"))
                .argument(
                    InputValue::new("data", TypeRef::named(scalars::JSON)).description("其他数据项：属性名到取值 / further properties"),
                ),
        )
        .field(
            Field::new("verifyFile", TypeRef::named(report::REPORT), |context| answer(context, by_file))
                .description("验证证照文件：PDF、OFD、签名数据（JSON）或二维码文本 / PDF, OFD, signed data, or the text of a code")
                .argument(InputValue::new("content", TypeRef::named_nn(scalars::BASE64))),
        )
        .field(
            Field::new("verifyCode", TypeRef::named(report::REPORT), |context| answer(context, by_code))
                .description("验证二维码文本 / the text of a code, as a scanner reads it")
                .argument(InputValue::new("text", TypeRef::named_nn(TypeRef::STRING))),
        )
        .field(
            Field::new("sealedFiles", TypeRef::named_nn_list(sealed_file::SEALED_FILE), |context| answer(context, sealed))
                .description("已签章文件的印章：签章人、制章人、有效期、覆盖范围 / the seals on a certificate's files: signer, maker, term, coverage")
                .argument(InputValue::new("identifier", TypeRef::named_nn(TypeRef::STRING)).description("证照标识")),
        )
}

async fn by_id<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let report = one(context.args.as_index_map(), &ask).await?;
    ask.hub.audit.verification(&ask.caller, 1, ask.now).await;
    Ok(report.map(report::value))
}

async fn by_ids<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let reports = several(context.args.as_index_map(), &ask).await?;
    ask.hub.audit.verification(&ask.caller, reports.len(), ask.now).await;
    Ok(Some(FieldValue::list(reports.into_iter().map(report::value))))
}

async fn by_information<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let report = information(context.args.as_index_map(), &ask).await?;
    ask.hub.audit.verification(&ask.caller, 1, ask.now).await;
    Ok(Some(report::value(report)))
}

async fn by_file<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let report = file(context.args.as_index_map(), &ask).await?;
    ask.hub.audit.verification(&ask.caller, 1, ask.now).await;
    Ok(Some(report::value(report)))
}

async fn by_code<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let report = code(context.args.as_index_map(), &ask).await?;
    ask.hub.audit.verification(&ask.caller, 1, ask.now).await;
    Ok(Some(report::value(report)))
}

async fn sealed<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let identifier = arguments::text(context.args.as_index_map(), "identifier").unwrap_or_default();
    let files = ask.hub.files.sealed(&identifier, ask.now).await?;
    ask.hub.audit.verification(&ask.caller, 1, ask.now).await;
    Ok(Some(FieldValue::list(files.into_iter().map(FieldValue::owned_any))))
}

/// `verifyCertificate`. Recording it is the caller's, here and below.
pub(crate) async fn one(args: &Arguments, ask: &Ask) -> Result<Option<Report>, ApiError> {
    let ids = vec![arguments::text(args, "id").unwrap_or_default()];
    let report = ask.hub.verification.by_ids(&ids, ask.now).await?.into_iter().next();
    Ok(report)
}

/// `verifyCertificates`.
pub(crate) async fn several(args: &Arguments, ask: &Ask) -> Result<Vec<Report>, ApiError> {
    let ids = arguments::texts(args, "ids").unwrap_or_default();
    let reports = ask.hub.verification.by_ids(&ids, ask.now).await?;
    Ok(reports)
}

/// `verifyInformation`.
pub(crate) async fn information(args: &Arguments, ask: &Ask) -> Result<Report, ApiError> {
    let type_code = arguments::text(args, "typeCode").unwrap_or_default();
    let data = match arguments::json(args, "data") {
        None => None,
        Some(serde_json::Value::Object(data)) => Some(data),
        Some(_) => {
            return Err(ApiError::Input { path: "data".into(), zh: "data 须为对象".into(), en: "data must be an object".into() });
        }
    };
    let presented = verify::Presented {
        number: arguments::text(args, "number"),
        holder_name: arguments::text(args, "holderName"),
        holder_code: arguments::text(args, "holderCode"),
        data,
    };
    let asked = Information { type_code, presented };
    // A stranger may guess; whoever has a token is counted by it.
    let stranger = ask.caller.actor.role == Role::Anonymous;
    let attempt = match stranger.then(|| ask.hub.guesses.attempt(&asked.about(), ask.from)).transpose() {
        Ok(attempt) => attempt.flatten(),
        Err(wait) => return Err(ApiError::Slow { wait }),
    };
    let report = ask.hub.verification.by_information(&asked, ask.now).await?;
    if !asked.is_wrong(&report) {
        ask.hub.guesses.right(attempt.as_ref());
    }
    Ok(report)
}

/// `verifyFile`.
pub(crate) async fn file(args: &Arguments, ask: &Ask) -> Result<Report, ApiError> {
    let content = arguments::text(args, "content").unwrap_or_default();
    let wrong = |zh: String, en: String| ApiError::Input { path: "content".into(), zh, en };
    let bytes = STANDARD.decode(content.as_bytes()).map_err(|_| wrong("不是 Base64".into(), "this is no Base64".into()))?;
    match ask.hub.verification.upload(bytes.into(), ask.now).await {
        Ok(report) => Ok(report),
        Err(UploadFault::Unavailable(why)) => Err(StoreError::Unavailable(why).into()),
        Err(busy @ UploadFault::Busy) => Err(StoreError::Unavailable(busy.message(ask.lang)).into()),
        Err(fault) => Err(wrong(fault.message(Lang::Zh), fault.message(Lang::En))),
    }
}

/// `verifyCode`.
pub(crate) async fn code(args: &Arguments, ask: &Ask) -> Result<Report, ApiError> {
    let text = arguments::text(args, "text").unwrap_or_default();
    let wrong = |zh: String, en: String| ApiError::Input { path: "text".into(), zh, en };
    let report = match verify::read(text.as_bytes()) {
        Ok(Readable::Code(_)) => ask.hub.verification.file(text.as_bytes(), ask.now).await,
        Ok(_) => return Err(wrong("不是证照二维码的文本".into(), "this is not the text of a certificate's code".into())),
        Err(fault) => Err(fault),
    };
    report.map_err(|fault| wrong(fault.message(Lang::Zh), fault.message(Lang::En)))
}
