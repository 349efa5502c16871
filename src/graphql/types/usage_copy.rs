//! `UsageCopy`: a copy for one use (加注件).

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};

use super::certificate::{CERTIFICATE, loaders};
use super::file;
use crate::files::UsageCopy;
use crate::graphql::ask::{Cert, answer, read};
use crate::graphql::loaders::VersionKey;
use crate::graphql::{scalars, values};

pub(crate) const COPY: &str = "UsageCopy";

pub(crate) fn object() -> Object {
    let text = |name: &'static str, of: fn(&UsageCopy) -> &str| {
        Field::new(name, TypeRef::named_nn(TypeRef::STRING), move |context| read::<UsageCopy>(&context, |copy| Some(Value::from(of(copy)))))
    };
    Object::new(COPY)
        .description("加注件：注明制作者、用途与期限的副本，由颁发机构签名 / a copy for one use, signed by the issuer")
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<UsageCopy>(&context, |copy| Some(Value::from(copy.row.id.to_string())))
        }))
        .field(Field::new("certificate", TypeRef::named(CERTIFICATE), |context| {
            let id = context.parent_value.downcast_ref::<UsageCopy>().map(|copy| copy.row.version_id);
            answer(context, move |context, _| async move {
                let Some(id) = id else { return Ok(None) };
                Ok(loaders(&context)?.load_one(VersionKey(id)).await?.map(Cert::into_interface))
            })
        }))
        .field(text("purpose", |copy| &copy.stated.purpose).description("用途（JZJZZSY）"))
        .field(text("maker", |copy| &copy.stated.maker.name).description("制作者（JZJZZZ）"))
        .field(
            Field::new("madeAt", TypeRef::named_nn(scalars::DATE_TIME), |context| {
                read::<UsageCopy>(&context, |copy| Some(values::time(copy.row.made_at)))
            })
            .description("制作时间（JZJZZSJ）"),
        )
        .field(
            Field::new("expiresOn", TypeRef::named_nn(scalars::DATE), |context| {
                read::<UsageCopy>(&context, |copy| Some(Value::from(copy.stated.expires_on.to_string())))
            })
            .description("有效期截止（JZJYXQJZSJ），含当日 / inclusive"),
        )
        .field(Field::new("files", TypeRef::named_nn_list_nn(file::FILE), |context| {
            let cells = context.parent_value.downcast_ref::<UsageCopy>().map(|copy| file::of_copy(copy.row.id));
            FieldFuture::Value(cells.map(|cells| FieldValue::list(cells.into_iter().map(FieldValue::owned_any))))
        }))
}
