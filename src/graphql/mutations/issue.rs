//! Issue, batch issue, amend and renew of one type.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use model::plan::ById;
use model::registry::{CertificateType, Operation, names};
use uuid::Uuid;

use crate::graphql::ask::{Ask, Cert, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::{arguments, data};
use crate::graphql::types::result::Row;
use crate::issue::{IssueError, IssueInput, SuccessorInput};
use crate::store::Answer;

/// What whoever sends a batch must know of sending it again.
const RETRY: &str = "一经受理即执行到底，断开连接不会中止；给每条带上 idempotencyKey，重发才不会重复颁发 / once taken up it runs to its end, whether or not the client stays: with an idempotencyKey on every row it may be sent again, and nothing is issued twice";

pub(super) fn fields(mutation: Object, ty: &Arc<CertificateType>) -> Object {
    let input = || TypeRef::named_nn(names::issue_input(ty));
    let id = || InputValue::new("id", TypeRef::named_nn(TypeRef::ID)).description("现行版本的标识 / id of the current version");
    let (one, many) = (ty.clone(), ty.clone());
    let mut mutation = mutation
        .field(
            Field::new(names::root_issue(ty), TypeRef::named(&*ty.name), move |context| {
                let ty = one.clone();
                answer(context, move |context, ask| issue(context, ask, ty))
            })
            .description(format!("签发{}", ty.title.zh))
            .argument(InputValue::new("input", input())),
        )
        .field(
            Field::new(names::root_issue_many(ty), TypeRef::named_nn_list(names::issue_result(ty)), move |context| {
                let ty = many.clone();
                answer(context, move |context, ask| issue_many(context, ask, ty))
            })
            .description(format!("批量签发{}，至多1000条，逐条给出结果 / up to 1,000, a result a row. {RETRY}", ty.title.zh))
            .argument(InputValue::new("inputs", TypeRef::named_nn_list_nn(names::issue_input(ty))))
            .argument(
                InputValue::new("allOrNothing", TypeRef::named(TypeRef::BOOLEAN))
                    .default_value(false)
                    .description("一条有误则全部不写 / one faulty row keeps all from being written"),
            ),
        );
    for (operation, name, verb) in [(Operation::Amend, names::root_amend(ty), "变更"), (Operation::Renew, names::root_renew(ty), "延续")]
    {
        if !ty.status.transitions.contains_key(&operation) {
            continue;
        }
        let ty_of = ty.clone();
        let field = Field::new(name, TypeRef::named(&*ty.name), move |context| {
            let ty = ty_of.clone();
            answer(context, move |context, ask| succeed(context, ask, ty, operation))
        });
        mutation = mutation.field(
            field
                .description(format!("{verb}{}：生成新版本 / a new version", ty.title.zh))
                .argument(id())
                .argument(InputValue::new("input", input()))
                .argument(InputValue::new("reason", TypeRef::named(TypeRef::STRING)).description("原因，至多500字")),
        );
    }
    mutation
}

async fn issue<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, ty: Arc<CertificateType>) -> Resolved<'a> {
    let input = input(&ty, context.args.get("input").map(|value| value.as_value()))?;
    let id = ask.hub.issuing.issue(&ask.caller, &ty.name, input, ask.now).await?;
    Ok(written(&ask, &[id]).await?.pop().map(Cert::typed))
}

async fn issue_many<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, ty: Arc<CertificateType>) -> Resolved<'a> {
    let rows = match context.args.get("inputs").map(|value| value.as_value().clone()) {
        Some(Value::List(rows)) => rows,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let inputs = rows.iter().map(|row| input(&ty, Some(row))).collect::<Result<Vec<_>, _>>()?;
    let all_or_nothing = arguments::flag(context.args.as_index_map(), "allOrNothing");
    let results = ask.hub.issuing.issue_many(&ask.caller, &ty.name, inputs, all_or_nothing, ask.now).await?;
    let ids: Vec<Uuid> = results.iter().filter_map(|result| result.as_ref().ok().copied()).collect();
    // They are issued, read back or not: that must be told.
    let certificates = written(&ask, &ids).await.unwrap_or_else(|error| {
        error.tell(ask.lang);
        Vec::new()
    });
    let answers = results.into_iter().map(|result| match result {
        Ok(id) => match certificates.iter().find(|cert| cert.row.id == id) {
            Some(cert) => Row { certificate: Some(cert.clone()), refusal: None },
            None => Row { certificate: None, refusal: Some(unread(id).tell(ask.lang)) },
        },
        Err(error) => Row { certificate: None, refusal: Some(ApiError::from(error).tell(ask.lang)) },
    });
    Ok(Some(FieldValue::list(answers.map(FieldValue::owned_any))))
}

async fn succeed<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, ty: Arc<CertificateType>, operation: Operation) -> Resolved<'a> {
    let id = arguments::text(context.args.as_index_map(), "id").unwrap_or_default();
    let given = input(&ty, context.args.get("input").map(|value| value.as_value()))?;
    for (path, value) in [("input.number", &given.number), ("input.issuer", &given.issuer)] {
        if value.is_some() {
            return Err(ApiError::Input {
                path: path.into(),
                zh: "编号与颁发机构在变更、延续时不变：请去掉".into(),
                en: "number and issuer stay in a new version: leave it out".into(),
            });
        }
    }
    let input = SuccessorInput {
        data: Some(given.data),
        issued_on: given.issued_on,
        valid_from: given.valid_from,
        valid_to: given.valid_to,
        reason: arguments::text(context.args.as_index_map(), "reason"),
        idempotency_key: given.idempotency_key,
    };
    let of_type = ask.hub.issuing.type_of(&id).await?;
    if of_type != ty.name {
        return Err(ApiError::Input {
            path: "id".into(),
            zh: format!("该证照的类型是 {of_type}"),
            en: format!("this certificate is a {of_type}"),
        });
    }
    let id = match operation {
        Operation::Renew => ask.hub.issuing.renew(&ask.caller, &id, input, ask.now).await?,
        _ => ask.hub.issuing.amend(&ask.caller, &id, input, ask.now).await?,
    };
    Ok(written(&ask, &[id]).await?.pop().map(Cert::typed))
}

fn input(ty: &CertificateType, value: Option<&Value>) -> Result<IssueInput, ApiError> {
    let Some(Value::Object(members)) = value else { return Err(ApiError::Bug("the input is no object".into())) };
    let text = |name: &str| match members.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let date = |name: &str| text(name).map(|given| arguments::as_date(&format!("input.{name}"), &given)).transpose();
    Ok(IssueInput {
        data: data::data(&ty.fields, members.get("data").unwrap_or(&Value::Null)),
        number: text("number"),
        issuer: text("issuer"),
        issued_on: date("issuedOn")?,
        valid_from: date("validFrom")?,
        valid_to: date("validTo")?,
        idempotency_key: text("idempotencyKey"),
    })
}

fn unread(id: Uuid) -> ApiError {
    ApiError::Issue(IssueError::Unavailable {
        zh: format!("已颁发，id 为 {id}，但此刻读不出来：请勿重发，稍后按 id 查询"),
        en: format!("issued under the id {id}, and cannot be read just now: do not send it again, ask for it by its id later"),
    })
}

/// What was written, read back: with the issuer's own rights, so that no purpose is asked of a command.
pub(super) async fn written(ask: &Arc<Ask>, ids: &[Uuid]) -> Result<Vec<Cert>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let keys = ids.iter().map(Uuid::to_string).collect();
    let plan = model::plan::plan_after_command(&ById::of(keys), &ask.registry, &ask.caller, ask.now)?;
    match ask.hub.store.run(&plan).await? {
        Answer::Rows(rows) => ask.certificates(rows),
        _ => Err(ApiError::Bug("rows expected".into())),
    }
}
