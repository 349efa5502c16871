//! `Holder`: 持证主体, and its certificates.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use model::grant::masked_code;
use model::plan::{HolderPage, PageArgs, Request};
use model::registry::Sight;
use serde_json::Value as Json;

use super::certificate::loaders;
use super::{connection, enums};
use crate::graphql::ask::{Ask, Cert, Resolved, answer, read};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::loaders::HolderKey;
use crate::graphql::values::{self, CodeCell};

pub(crate) const HOLDER: &str = "Holder";

/// One holder as a statement names it.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub name: Option<String>,
    pub code: Option<String>,
    pub code_type: Option<String>,
    /// Why there is no code.
    pub code_absent: Option<String>,
    /// Are name and code answered masked?
    pub masked: bool,
    /// Did the caller name the code himself?
    pub named: bool,
}

impl Cell {
    /// The name as it is answered.
    pub(crate) fn shown_name(&self) -> Option<Cow<'_, str>> {
        let name = self.name.as_deref()?;
        Some(if self.masked { verify::mask::mask_holder(name, self.code_type.as_deref()).into() } else { name.into() })
    }

    /// The code by which other certificates of the holder may be reached: not from one whose holders are masked.
    pub(crate) fn reaching(&self) -> Option<&String> {
        self.code.as_ref().filter(|_| self.named || !self.masked)
    }

    /// The code as it is answered.
    pub(crate) fn shown_code(&self) -> Option<Cow<'_, str>> {
        let code = self.code.as_deref()?;
        Some(if self.masked { masked_code(code).into() } else { code.into() })
    }
}

/// In a list of holders the place of a code that nobody has: the library knows no null there. Each of its fields is null, and
/// [`Ask::nobody`] has it made null as a whole.
pub(crate) struct Nobody;

fn text<'a>(context: &ResolverContext<'a>, get: impl FnOnce(&Cell) -> Option<Cow<'_, str>>) -> FieldFuture<'a> {
    if context.parent_value.downcast_ref::<Nobody>().is_some() {
        return FieldFuture::Value(None);
    }
    read::<Cell>(context, |cell| get(cell).map(Value::from))
}

pub(crate) fn object() -> Object {
    Object::new(HOLDER)
        .description("持证主体 / who holds the certificate")
        .field(
            Field::new("name", TypeRef::named(TypeRef::STRING), |context| text(&context, Cell::shown_name))
                .description("持证主体名称（CZZT）"),
        )
        .field(
            Field::new("code", TypeRef::named(TypeRef::STRING), |context| text(&context, Cell::shown_code))
                .description("持证主体代码（CZZTDM）"),
        )
        .field(
            Field::new("codeType", TypeRef::named(values::CODE_VALUE), |context| {
                let code = context.parent_value.downcast_ref::<Cell>().and_then(|cell| cell.code_type.clone());
                FieldFuture::Value(code.map(|code| FieldValue::owned_any(CodeCell { table: "HolderCodeType".into(), code })))
            })
            .description("持证主体代码类型（CZZTDMLXDM, GB/T 36903 附录A）"),
        )
        .field(
            Field::new("codeAbsent", TypeRef::named(TypeRef::STRING), |context| {
                text(&context, |cell| cell.code_absent.as_deref().map(Into::into))
            })
            .description("无代码的原因 / why there is no code"),
        )
        .field(
            Field::new("certificates", TypeRef::named(connection::ACROSS), |context| answer(context, certificates))
                .description("该主体的证照，新的在前 / newest first")
                .argument(InputValue::new("typeCodes", TypeRef::named_nn_list(TypeRef::STRING)).description("GraphQL 名称或证照类型代码"))
                .argument(InputValue::new("status", TypeRef::named_nn_list(enums::STATUS)))
                .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)))
                .argument(InputValue::new("after", TypeRef::named(TypeRef::STRING))),
        )
}

/// The holders of a certificate, from its statement; none where grants deny them.
pub(crate) fn of(cert: &Cert) -> Vec<Cell> {
    if cert.ty.holders_sight() == Sight::Denied {
        return Vec::new();
    }
    let holders = cert.statement.get("holders").and_then(Json::as_array);
    let text = |holder: &Json, key: &str| holder.get(key).and_then(Json::as_str).map(str::to_owned);
    let cell = |holder: &Json| Cell {
        name: text(holder, "name"),
        code: text(holder, "code"),
        code_type: text(holder, "codeType"),
        code_absent: text(holder, "codeAbsent"),
        masked: cert.ty.holders_sight() == Sight::Masked,
        named: false,
    };
    holders.map(|holders| holders.iter().map(cell).collect()).unwrap_or_default()
}

async fn certificates<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    if context.parent_value.downcast_ref::<Nobody>().is_some() {
        return Ok(None);
    }
    let cell = context.parent_value.downcast_ref::<Cell>().ok_or_else(|| ApiError::Bug("the parent is no holder".into()))?;
    let total = context.ctx.look_ahead().field("totalCount").exists();
    let types = arguments::texts(context.args.as_index_map(), "typeCodes");
    let status = arguments::statuses(context.args.as_index_map(), "status")?;
    let (first, after) = (arguments::integer(context.args.as_index_map(), "first"), arguments::text(context.args.as_index_map(), "after"));
    let Some(code) = cell.reaching().cloned() else {
        return Ok(Some(FieldValue::owned_any(connection::Page::empty())));
    };
    if after.is_some() || total {
        let page = PageArgs { first, after, total, ..PageArgs::default() };
        let request = Request::HolderPage(HolderPage { code, types, status, page });
        return connection::page(&ask, &request).await;
    }
    let found = loaders(&context)?.load_one(HolderKey { code, types, status, first }).await?.unwrap_or_default();
    Ok(Some(FieldValue::owned_any(connection::Page::head(found, first, ask.now))))
}
