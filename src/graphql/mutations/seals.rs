//! Registering, suspending, resuming and destroying seals: the administrators'.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::actor::Granted;

use crate::approvals::Action;
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::scalars;
use crate::graphql::sensitive::sensitive;
use crate::graphql::types::seal::{SEAL, SHAPE};
use crate::sealing::{SealInput, SealShape};

/// Millimetres of a seal that states none.
const ROUND: i64 = 42;
const OVAL: (i64, i64) = (45, 30);

#[derive(Clone, Copy)]
enum Change {
    Suspend,
    Resume,
    Destroy,
}

pub(super) fn fields(mutation: Object) -> Object {
    let text = |name: &'static str| InputValue::new(name, TypeRef::named(TypeRef::STRING));
    let required = |name: &'static str| InputValue::new(name, TypeRef::named_nn(TypeRef::STRING));
    let number = |name: &'static str| InputValue::new(name, TypeRef::named(TypeRef::INT)).description("毫米，20至60 / mm");
    let change = |name: &'static str, change: Change, description: &'static str| {
        Field::new(name, TypeRef::named(SEAL), move |context| {
            // Taking back is quick: one person suspends.
            let set = move |context, ask| set_status(context, ask, change);
            match change {
                Change::Suspend => answer(context, set),
                Change::Resume | Change::Destroy => sensitive(context, Action::Key, set),
            }
        })
        .description(description)
        .argument(InputValue::new("code", TypeRef::named_nn(TypeRef::STRING)).description("印章编码"))
        .argument(InputValue::new("reason", TypeRef::named_nn(TypeRef::STRING)).description("原因，至多500字"))
    };
    mutation
        .field(
            Field::new("registerSeal", TypeRef::named(SEAL), |context| sensitive(context, Action::Key, register))
                .description("制作并登记印章 / draws a seal, has it signed by the seal maker, and registers it")
                .argument(required("authority").description("颁发机构的统一社会信用代码"))
                .argument(required("custodian").description("保管人"))
                .argument(text("code").description("印章编码；不给则自动编号 / made up where none is given"))
                .argument(text("name").description("印章名称；默认为机构名称加第二行"))
                .argument(InputValue::new("shape", TypeRef::named(SHAPE)).default_value(Value::Enum(async_graphql::Name::new("ROUND"))))
                .argument(number("width"))
                .argument(number("height"))
                .argument(text("secondLine").description("第二行，默认“电子证照专用章”"))
                .argument(InputValue::new("picture", TypeRef::named(scalars::BASE64)).description("PICTURE 的 PNG 图片"))
                .argument(
                    InputValue::new("types", TypeRef::named_nn_list(TypeRef::STRING))
                        .description("可用的证照类型；不给为全部 / all where none is given"),
                )
                .argument(InputValue::new("validFrom", TypeRef::named(scalars::DATE)).description("默认即日"))
                .argument(InputValue::new("validTo", TypeRef::named(scalars::DATE)).description("默认五年 / default: five years on")),
        )
        .field(change("suspendSeal", Change::Suspend, "停用印章，可恢复 / it may not sign until it is resumed"))
        .field(change("resumeSeal", Change::Resume, "恢复印章"))
        .field(change("destroySeal", Change::Destroy, "销毁印章，不可恢复 / for ever; what it signed stays signed"))
}

async fn register<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let day = |name: &str| arguments::text(args, name).map(|given| arguments::as_date(name, &given)).transpose();
    let input = SealInput {
        authority: arguments::text(args, "authority").unwrap_or_default(),
        code: arguments::text(args, "code"),
        name: arguments::text(args, "name"),
        shape: shape(args)?,
        second_line: arguments::text(args, "secondLine"),
        types: arguments::texts(args, "types").map_or(Granted::All, |names| Granted::Only(names.into_iter().collect())),
        custodian: arguments::text(args, "custodian").unwrap_or_default(),
        valid_from: day("validFrom")?,
        valid_to: day("validTo")?,
    };
    Ok(Some(FieldValue::owned_any(ask.hub.sealing.register(&input, &ask.caller, ask.now).await?)))
}

fn shape(args: &Arguments) -> Result<SealShape, ApiError> {
    let side = |name: &str, default: i64| u32::try_from(arguments::integer(args, name).unwrap_or(default)).unwrap_or_default();
    // Written in the document it is an enum, given in variables a text.
    let named = arguments::texts(args, "shape").and_then(|names| names.into_iter().next());
    Ok(match named.as_deref().unwrap_or("ROUND") {
        "OVAL" => SealShape::Oval { width: side("width", OVAL.0), height: side("height", OVAL.1) },
        "PICTURE" => {
            let given = arguments::text(args, "picture").and_then(|text| STANDARD.decode(text).ok());
            let png = given.ok_or_else(|| ApiError::Input {
                path: "picture".into(),
                zh: "需要 Base64 编码的 PNG 图片".into(),
                en: "a PNG in Base64 is needed".into(),
            })?;
            SealShape::Picture { png, width: side("width", ROUND), height: side("height", side("width", ROUND).into()) }
        }
        _ => SealShape::Round { diameter: side("width", ROUND) },
    })
}

async fn set_status<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, change: Change) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let (code, reason) = (arguments::text(args, "code").unwrap_or_default(), arguments::text(args, "reason").unwrap_or_default());
    let (sealing, caller) = (&ask.hub.sealing, &ask.caller);
    let row = match change {
        Change::Suspend => sealing.suspend(&code, &reason, caller, ask.now).await?,
        Change::Resume => sealing.resume(&code, &reason, caller, ask.now).await?,
        Change::Destroy => sealing.destroy(&code, &reason, caller, ask.now).await?,
    };
    Ok(Some(FieldValue::owned_any(row)))
}
