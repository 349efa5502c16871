//! `SealedFile`: the seal on a file that was handed out, for anybody.

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};
use async_graphql::{Name, Value};
use verify::chain::X509;
use verify::ses::Seal;

use super::report::{self, CHECK};
use super::{enums, seal};
use crate::files::SealedFile;
use crate::graphql::ask::read;
use crate::graphql::{scalars, values};
use crate::store::SealRow;

pub(crate) const SEALED_FILE: &str = "SealedFile";

type OfSeal = (&'static str, &'static str, fn(&SealRow) -> Option<Value>, &'static str);

pub(crate) fn object() -> Object {
    let object = Object::new(SEALED_FILE)
        .description("已签章的证照文件 / a certificate's file as it was handed out, and what its seal comes to now")
        .field(Field::new("format", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<SealedFile>(&context, |file| Some(Value::from(file.format.as_str().to_ascii_uppercase())))
        }))
        .field(Field::new("madeAt", TypeRef::named_nn(scalars::DATE_TIME), |context| {
            read::<SealedFile>(&context, |file| Some(values::time(file.made_at)))
        }))
        .field(
            Field::new("digest", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<SealedFile>(&context, |file| Some(Value::from(file.digest.as_str())))
            })
            .description("文件的 SM3 摘要，十六进制 / SM3 of the file, hex"),
        )
        .field(
            Field::new("signer", TypeRef::named(TypeRef::STRING), |context| {
                read::<SealedFile>(&context, |file| file.signer.as_deref().map(Value::from))
            })
            .description("签章人证书的主体 / subject of the signer's certificate"),
        )
        .field(Field::new("result", TypeRef::named_nn(enums::RESULT), |context| {
            read::<SealedFile>(&context, |file| Some(enums::value(&file.result)))
        }))
        .field(
            Field::new("checks", TypeRef::named_nn_list_nn(CHECK), |context| {
                let lang = report::lang(&context);
                let file = context.parent_value.downcast_ref::<SealedFile>();
                FieldFuture::Value(
                    file.map(|file| FieldValue::list(file.checks.iter().cloned().map(|check| report::check_value(check, lang)))),
                )
            })
            .description("关于文件、签名和印章的检查 / those about the document, its signature and its seal"),
        );
    let of_seal: [OfSeal; 6] = [
        ("sealCode", TypeRef::STRING, |seal| Some(Value::from(seal.code.as_str())), "印章编码"),
        ("sealName", TypeRef::STRING, |seal| Some(Value::from(seal.name.as_str())), "印章名称"),
        ("sealMaker", TypeRef::STRING, maker, "制章人证书的主体 / subject of the maker's certificate"),
        ("sealFrom", scalars::DATE_TIME, |seal| Some(values::time(seal.valid_from)), "印章有效期起"),
        ("sealTo", scalars::DATE_TIME, |seal| Some(values::time(seal.valid_to)), "印章有效期止"),
        ("sealStatus", seal::STATUS, |seal| Some(Value::Enum(Name::new(seal.status.as_str()))), "印章当前状态 / of the seal now"),
    ];
    of_seal.into_iter().fold(object, |object, (name, ty, get, description)| {
        let field = Field::new(name, TypeRef::named(ty), move |context| read::<SealedFile>(&context, |file| get(file.seal.as_ref()?)));
        object.field(field.description(description))
    })
}

fn maker(seal: &SealRow) -> Option<Value> {
    let made = Seal::read(&seal.seal).ok()?;
    X509::from_der(&made.maker_certificate).ok().map(|maker| Value::from(maker.subject()))
}
