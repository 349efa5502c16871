//! Registering types and authorities: the administrators'.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use model::registry::{SourceFile, State};

use crate::approvals::Action;
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::inputs::arguments;
use crate::graphql::sensitive::sensitive;
use crate::graphql::types::{authority, catalogue, registration};
use crate::registration::AuthorityInput;

pub(super) fn fields(mutation: Object) -> Object {
    let text = |name: &'static str| InputValue::new(name, TypeRef::named(TypeRef::STRING));
    let required = |name: &'static str| InputValue::new(name, TypeRef::named_nn(TypeRef::STRING));
    let state = |name: &'static str, state: State, description: &'static str| {
        Field::new(name, TypeRef::named(catalogue::TYPE), move |context| {
            sensitive(context, Action::Type, move |context, ask| set_state(context, ask, state))
        })
        .description(description)
        .argument(InputValue::new("name", TypeRef::named_nn(TypeRef::STRING)))
    };
    mutation
        .field(
            Field::new("registerCertificateType", TypeRef::named(registration::REGISTRATION), |context| sensitive(context, Action::Type, register_type))
                .description("登记类型文件，即时生效；有错则不改变任何东西 / live at once; a faulty file changes nothing")
                .argument(required("source").description("类型文件全文"))
                .argument(InputValue::new("dryRun", TypeRef::named(TypeRef::BOOLEAN)).default_value(false).description("只报告，不登记"))
                .argument(text("file").description("文件名，用于报错 / file name for diagnostics"))
                .argument(InputValue::new("draft", TypeRef::named(TypeRef::BOOLEAN)).default_value(false).description("登记为草稿")),
        )
        .field(
            Field::new("registerFace", TypeRef::named(registration::FACE), |context| sensitive(context, Action::Type, register_face))
                .description("登记证照类型的照面模板（typst），此后制作的 PDF 与 OFD 用它；逐例试排，有错则不改变任何东西 / the template of a type's face, tried on every example of the type file")
                .argument(required("type").description("类型名"))
                .argument(required("source").description("模板全文"))
                .argument(InputValue::new("dryRun", TypeRef::named(TypeRef::BOOLEAN)).default_value(false).description("只试排，不登记")),
        )
        .field(state("publishCertificateType", State::Published, "发布"))
        .field(state("withdrawCertificateType", State::Withdrawn, "停用：不再签发，仍可查询与验证"))
        .field(
            Field::new("registerAuthority", TypeRef::named(authority::AUTHORITY), |context| answer(context, register_authority))
                .description("登记颁发机构")
                .argument(required("code").description("统一社会信用代码"))
                .argument(required("name"))
                .argument(text("level").description("AuthorityLevel 的代码"))
                .argument(text("division").description("六位行政区划代码"))
                .argument(text("parent").description("上级机构代码")),
        )
}

async fn register_type<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let file = SourceFile {
        name: arguments::text(args, "file").unwrap_or_else(|| "source.json".into()),
        text: arguments::text(args, "source").unwrap_or_default(),
    };
    let state = if arguments::flag(args, "draft") { State::Draft } else { State::Published };
    let outcome = ask.hub.registration.register(vec![file], &ask.caller.actor, state, arguments::flag(args, "dryRun")).await?;
    Ok(Some(FieldValue::owned_any(outcome)))
}

async fn register_face<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let name = arguments::text(args, "type").unwrap_or_default();
    let source = arguments::text(args, "source").unwrap_or_default();
    let outcome = ask.hub.registration.register_face(&name, &source, &ask.caller.actor, arguments::flag(args, "dryRun")).await?;
    Ok(Some(FieldValue::owned_any(outcome)))
}

async fn set_state<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, state: State) -> Resolved<'a> {
    let name = arguments::text(context.args.as_index_map(), "name").unwrap_or_default();
    let known = ask.hub.registration.set_state(&name, state, &ask.caller.actor).await?;
    Ok(Some(FieldValue::owned_any(known)))
}

async fn register_authority<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let input = AuthorityInput {
        code: arguments::text(args, "code").unwrap_or_default(),
        name: arguments::text(args, "name").unwrap_or_default(),
        level: arguments::text(args, "level"),
        division: arguments::text(args, "division"),
        parent: arguments::text(args, "parent"),
    };
    let row = ask.hub.registration.register_authority(input, &ask.caller.actor).await?;
    Ok(Some(FieldValue::owned_any(row)))
}
