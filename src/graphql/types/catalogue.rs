//! `CertificateType`: the catalogue of GB/T 36902.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, InputValue, Object, SchemaBuilder, TypeRef};
use model::registry::{self, Registered};

use super::enums;
use crate::graphql::ask::read;
use crate::graphql::scalars;
use crate::graphql::values::{self, CodeCell, describe, label_lang, type_name};

pub(crate) const TYPE: &str = "CertificateType";
const FIELD: &str = "CertificateTypeField";

type Known = Arc<Registered>;

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(object()).register(field())
}

fn object() -> Object {
    let text = |value: Option<&str>| value.map(Value::from);
    Object::new(TYPE)
        .description("证照类型目录项（GB/T 36902） / an entry of the catalogue")
        .field(
            Field::new("name", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Known>(&context, |known| Some(Value::from(&*known.ty.name)))
            })
            .description("GraphQL 名称"),
        )
        .field(Field::new("plural", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Known>(&context, |known| Some(Value::from(known.ty.plural.as_str())))
        }))
        .field(
            Field::new("title", TypeRef::named_nn(TypeRef::STRING), |context| {
                let lang = label_lang(&context);
                read::<Known>(&context, |known| Some(Value::from(known.ty.title.text(lang))))
            })
            .argument(InputValue::new("lang", TypeRef::named(enums::LANG)))
            .description("证照类型名称（CertificateTypeName）"),
        )
        .field(
            Field::new("typeCode", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Known>(&context, |known| Some(Value::from(known.ty.type_code.as_str())))
            })
            .description("证照类型代码（CertificateTypeCode）"),
        )
        .field(
            Field::new("typeCodeGrade", TypeRef::named(TypeRef::STRING), |context| {
                read::<Known>(&context, |known| {
                    known
                        .ty
                        .type_code_grade
                        .and_then(|grade| serde_json::to_value(grade).ok())
                        .and_then(|grade| grade.as_str().map(Value::from))
                })
            })
            .description("代码的可信程度：demo 为演示用"),
        )
        .field(Field::new("standard", TypeRef::named(TypeRef::STRING), move |context| {
            read::<Known>(&context, |known| text(known.ty.standard.as_deref()))
        }))
        .field(Field::new("version", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Known>(&context, |known| Some(Value::from(known.ty.version.to_string())))
        }))
        .field(
            Field::new("digest", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Known>(&context, |known| Some(Value::from(&*known.ty.digest)))
            })
            .description("类型文件的 SM3 摘要"),
        )
        .field(Field::new("state", TypeRef::named_nn(enums::STATE), |context| {
            read::<Known>(&context, |known| Some(enums::value(&known.state)))
        }))
        .field(
            Field::new("definingAuthority", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<Known>(&context, |known| Some(Value::from(known.ty.defining_authority.name.as_str())))
            })
            .description("证照定义机构"),
        )
        .field(Field::new("definingAuthorityCode", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Known>(&context, |known| Some(Value::from(known.ty.defining_authority.code.as_str())))
        }))
        .field(code("definingAuthorityLevel", "AuthorityLevel", |known| known.ty.defining_authority.level.clone()))
        .field(code("holderCategory", "HolderCategory", |known| known.ty.catalogue.holder_category.clone()).description("持证主体类别"))
        .field(code("issuingLevel", "AuthorityLevel", |known| known.ty.catalogue.issuing_level.clone()).description("证照颁发机构级别"))
        .field(
            Field::new("validityRange", TypeRef::named(TypeRef::STRING), move |context| {
                read::<Known>(&context, |known| text(known.ty.validity.range.as_deref()))
            })
            .description("有效期限范围"),
        )
        .field(
            Field::new("relatedItems", TypeRef::named_nn_list_nn(TypeRef::STRING), |context| {
                read::<Known>(&context, |known| {
                    Some(known.ty.catalogue.related_items.iter().map(|(name, _)| Value::from(name.as_str())).collect())
                })
            })
            .description("关联事项名称"),
        )
        .field(
            Field::new("example", TypeRef::named(scalars::JSON), |context| {
                read::<Known>(&context, |known| {
                    known.ty.examples.first().and_then(|example| Value::from_json(serde_json::Value::Object(example.clone())).ok())
                })
            })
            .description("完整的虚构数据项示例，可直接用于签发 / complete synthetic data that can be issued as it stands"),
        )
        .field(
            Field::new("fields", TypeRef::named_nn_list_nn(FIELD), |context| {
                let known = context.parent_value.downcast_ref::<Known>();
                FieldFuture::Value(known.map(|known| FieldValue::list(known.ty.fields.iter().cloned().map(FieldValue::owned_any))))
            })
            .description("数据项（不含取值） / the fields, without any value"),
        )
}

fn code(name: &'static str, table: &'static str, get: fn(&Registered) -> Option<String>) -> Field {
    Field::new(name, TypeRef::named(values::CODE_VALUE), move |context| {
        let code = context.parent_value.downcast_ref::<Known>().and_then(|known| get(known));
        FieldFuture::Value(code.map(|code| FieldValue::owned_any(CodeCell { table: table.into(), code })))
    })
}

fn field() -> Object {
    type Found = registry::Field;
    Object::new(FIELD)
        .field(Field::new("name", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Found>(&context, |field| Some(Value::from(field.name.as_str())))
        }))
        .field(
            Field::new("title", TypeRef::named_nn(TypeRef::STRING), |context| {
                let lang = label_lang(&context);
                read::<Found>(&context, |field| Some(Value::from(field.title.text(lang))))
            })
            .argument(InputValue::new("lang", TypeRef::named(enums::LANG))),
        )
        .field(
            Field::new("shortName", TypeRef::named(TypeRef::STRING), |context| {
                read::<Found>(&context, |field| field.short_name.as_deref().map(Value::from))
            })
            .description("标准中的短名"),
        )
        .field(Field::new("scalar", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Found>(&context, |field| Some(Value::from(type_name(&field.kind))))
        }))
        .field(Field::new("required", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
            read::<Found>(&context, |field| Some(Value::from(field.required)))
        }))
        .field(Field::new("searchable", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
            read::<Found>(&context, |field| Some(Value::from(field.search.is_some())))
        }))
        .field(Field::new("description", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Found>(&context, |field| Some(Value::from(describe(field))))
        }))
}
