//! `Seal` (印章) and `SealUse`: the register, for administrators.

use async_graphql::dynamic::{Enum, EnumItem, Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext, SchemaBuilder, TypeRef};
use async_graphql::{Name, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::actor::Granted;

use crate::graphql::ask::{Resolved, answer, read};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::loaders::AuthorityKey;
use crate::graphql::types::authority;
use crate::graphql::types::certificate::loaders;
use crate::graphql::{scalars, values};
use crate::store::{SealRow, SealUseRow};

pub(crate) const SEAL: &str = "Seal";
pub(crate) const SHAPE: &str = "SealShape";
pub(crate) const STATUS: &str = "SealStatus";
const USE: &str = "SealUse";
/// Most uses that are answered at once.
const MOST_USES: i64 = 1000;

/// A field's name, where its value is, and what it is.
type Text = (&'static str, fn(&SealRow) -> &str, &'static str);
type Number = (&'static str, fn(&SealRow) -> u32, &'static str);
type Time = (&'static str, fn(&SealRow) -> chrono::DateTime<chrono::Utc>, &'static str);
type Bytes = (&'static str, fn(&SealRow) -> &[u8], &'static str);

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema
        .register(
            Enum::new(SHAPE)
                .item(EnumItem::new("ROUND").description("圆形，中有五角星"))
                .item(EnumItem::new("OVAL").description("椭圆形"))
                .item(EnumItem::new("PICTURE").description("导入的图片（PNG）")),
        )
        .register(seal())
        .register(one_use())
}

/// `SealStatus`, which everybody sees.
pub(crate) fn status() -> Enum {
    Enum::new(STATUS)
        .description("印章状态 / whether a seal may sign; an expired one may not either, whatever its status")
        .item(EnumItem::new("ACTIVE").description("在用"))
        .item(EnumItem::new("SUSPENDED").description("停用"))
        .item(EnumItem::new("DESTROYED").description("已销毁，不可恢复"))
}

fn seal() -> Object {
    let object = Object::new(SEAL).description("登记的电子印章（GB/T 38540） / a registered electronic seal");
    let texts: [Text; 4] = [
        ("code", |row| &row.code, "印章编码 / its code (esID)"),
        ("name", |row| &row.name, "印章名称"),
        ("custodian", |row| &row.custodian, "保管人 / who answers for its use"),
        ("registeredBy", |row| &row.registered_by, "登记人"),
    ];
    let object = texts.into_iter().fold(object, |object, (name, get, description)| {
        let field = Field::new(name, TypeRef::named_nn(TypeRef::STRING), move |context| {
            read::<SealRow>(&context, |row| Some(Value::from(get(row))))
        });
        object.field(field.description(description))
    });
    let numbers: [Number; 2] = [("width", |row| row.width, "宽（毫米） / mm"), ("height", |row| row.height, "高（毫米） / mm")];
    let object = numbers.into_iter().fold(object, |object, (name, get, description)| {
        let field =
            Field::new(name, TypeRef::named_nn(TypeRef::INT), move |context| read::<SealRow>(&context, |row| Some(Value::from(get(row)))));
        object.field(field.description(description))
    });
    let times: [Time; 4] = [
        ("validFrom", |row| row.valid_from, "有效期起"),
        ("validTo", |row| row.valid_to, "有效期止，含 / itself still valid"),
        ("changedAt", |row| row.changed_at, "状态变更时间"),
        ("registeredAt", |row| row.registered_at, "登记时间"),
    ];
    let object = times.into_iter().fold(object, |object, (name, get, description)| {
        let field = Field::new(name, TypeRef::named_nn(scalars::DATE_TIME), move |context| {
            read::<SealRow>(&context, |row| Some(values::time(get(row))))
        });
        object.field(field.description(description))
    });
    let bytes: [Bytes; 2] = [
        ("picture", |row| &row.picture, "印模图片 / PNG"),
        ("seal", |row| &row.seal, "制章人签署的印章数据 / SESeal, DER, signed by its maker"),
    ];
    let object = bytes.into_iter().fold(object, |object, (name, get, description)| {
        let field = Field::new(name, TypeRef::named_nn(scalars::BASE64), move |context| {
            read::<SealRow>(&context, |row| Some(Value::from(STANDARD.encode(get(row)))))
        });
        object.field(field.description(description))
    });
    object
        .field(Field::new("authority", TypeRef::named(authority::AUTHORITY), |context| answer(context, |context, _| of_authority(context))))
        .field(Field::new("shape", TypeRef::named_nn(SHAPE), |context| {
            read::<SealRow>(&context, |row| Some(Value::Enum(Name::new(&row.shape))))
        }))
        .field(Field::new("status", TypeRef::named_nn(STATUS), |context| {
            read::<SealRow>(&context, |row| Some(Value::Enum(Name::new(row.status.as_str()))))
        }))
        .field(
            Field::new("reason", TypeRef::named(TypeRef::STRING), |context| {
                read::<SealRow>(&context, |row| row.reason.as_deref().map(Value::from))
            })
            .description("最近一次状态变更的原因 / of the last change of status"),
        )
        .field(
            Field::new("types", TypeRef::named_nn_list(TypeRef::STRING), |context| {
                read::<SealRow>(&context, |row| match &row.types {
                    Granted::All => None,
                    Granted::Only(names) => Some(Value::List(names.iter().map(|name| Value::from(name.as_str())).collect())),
                })
            })
            .description("可用的证照类型；空为全部 / certificate types it may be put to; null: all"),
        )
        .field(
            Field::new("maker", TypeRef::named(TypeRef::STRING), |context| {
                read::<SealRow>(&context, |row| {
                    let seal = verify::ses::Seal::read(&row.seal).ok()?;
                    verify::chain::X509::from_der(&seal.maker_certificate).ok().map(|maker| Value::from(maker.subject()))
                })
            })
            .description("制章人证书的主体 / subject of the maker's certificate"),
        )
        .field(
            Field::new("useCount", TypeRef::named_nn(TypeRef::INT), |context| {
                read::<SealRow>(&context, |row| Some(Value::from(i32::try_from(row.uses).unwrap_or(i32::MAX))))
            })
            .description("用印次数"),
        )
        .field(
            Field::new("uses", TypeRef::named_nn_list(USE), |context| answer(context, uses))
                .description("用印记录，新的在前，至多1000条 / newest first")
                .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)).default_value(50))
                .argument(InputValue::new("before", TypeRef::named(TypeRef::ID)).description("此条以前的 / those before this one")),
        )
}

async fn of_authority<'a>(context: ResolverContext<'a>) -> Resolved<'a> {
    let code = context.parent_value.downcast_ref::<SealRow>().map(|row| row.authority.clone()).unwrap_or_default();
    Ok(loaders(&context)?.load_one(AuthorityKey(code)).await?.map(FieldValue::owned_any))
}

async fn uses<'a>(context: ResolverContext<'a>, ask: std::sync::Arc<crate::graphql::ask::Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let first = arguments::integer(args, "first").unwrap_or(50);
    let input = |path: &str, zh: &str, en: &str| ApiError::Input { path: path.into(), zh: zh.into(), en: en.into() };
    if !(0..=MOST_USES).contains(&first) {
        return Err(input("first", "应为 0 至 1000", "it is 0 to 1000"));
    }
    let before = arguments::text(args, "before")
        .map(|id| id.parse::<uuid::Uuid>().map_err(|_| input("before", "不是用印记录的标识", "it is no id of a use")));
    let Some(id) = context.parent_value.downcast_ref::<SealRow>().map(|row| row.id) else { return Ok(None) };
    let found = ask.hub.sealing.uses(id, before.transpose()?, u32::try_from(first).unwrap_or_default()).await?;
    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
}

fn one_use() -> Object {
    let text = |name: &'static str, get: fn(&SealUseRow) -> String, description: &'static str| {
        Field::new(name, TypeRef::named_nn(TypeRef::STRING), move |context| -> FieldFuture<'_> {
            read::<SealUseRow>(&context, |one| Some(Value::from(get(one))))
        })
        .description(description)
    };
    Object::new(USE)
        .description("一次用印 / one file signed with a seal")
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<SealUseRow>(&context, |one| Some(Value::from(one.id.to_string())))
        }))
        .field(
            Field::new("identifier", TypeRef::named(TypeRef::STRING), |context| {
                read::<SealUseRow>(&context, |one| one.identifier.as_deref().map(Value::from))
            })
            .description("证照标识 / GB/T 36904 identifier of the certificate"),
        )
        .field(Field::new("versionId", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<SealUseRow>(&context, |one| Some(Value::from(one.version_id.to_string())))
        }))
        .field(Field::new("at", TypeRef::named_nn(scalars::DATE_TIME), |context| {
            read::<SealUseRow>(&context, |one| Some(values::time(one.at)))
        }))
        .field(text("actor", |one| one.actor.clone(), "用印人（令牌） / token or account"))
        .field(text("format", |one| one.format.clone(), "pdf, ofd"))
        .field(text("digest", |one| one.digest.clone(), "签章文件的 SM3 / SM3 of the signed file, hex"))
}
