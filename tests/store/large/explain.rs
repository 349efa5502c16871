//! How PostgreSQL runs a statement: with its values in sight, and prepared for any values.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value as Json;

/// What running a statement took.
#[derive(Debug, Default)]
pub(super) struct Cost {
    /// Pages of tables and indexes that were looked at.
    pub buffers: u64,
    /// Most rows that one step of the plan brought forth or threw away.
    pub rows: u64,
    pub milliseconds: f64,
    /// Scans of whole tables.
    pub whole: Vec<String>,
    pub parallel: bool,
    pub text: String,
}

/// Runs the statement with a plan for these values, then with one for any; `parameters` are literals with their types.
pub(super) async fn both(database: &DatabaseConnection, text: &str, parameters: &[String]) -> [Cost; 2] {
    [explained(database, text, parameters, "force_custom_plan").await, explained(database, text, parameters, "force_generic_plan").await]
}

async fn explained(database: &DatabaseConnection, text: &str, parameters: &[String], mode: &str) -> Cost {
    let types: Vec<&str> = parameters.iter().filter_map(|literal| Some(literal.rsplit_once("::")?.1)).collect();
    let (types, values) = match types.is_empty() {
        true => (String::new(), String::new()),
        false => (format!(" ({})", types.join(", ")), format!("({})", parameters.join(", "))),
    };
    database.execute_unprepared(&format!("SET plan_cache_mode = {mode}; PREPARE asked{types} AS {text}")).await.unwrap();
    let sql = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked{values}");
    // Not prepared itself: the plan's mode is that of the moment.
    let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    database.execute_unprepared("DEALLOCATE asked").await.unwrap();
    let told: Json = row.try_get_by_index(0).unwrap();
    let mut cost = Cost { text: serde_json::to_string_pretty(&told).unwrap(), ..Cost::default() };
    let plan = &told[0]["Plan"];
    cost.buffers = number(plan, "Shared Hit Blocks") + number(plan, "Shared Read Blocks");
    cost.milliseconds = told[0]["Execution Time"].as_f64().unwrap();
    step(plan, &mut cost);
    cost
}

fn step(plan: &Json, cost: &mut Cost) {
    let kind = plan["Node Type"].as_str().unwrap();
    let loops = number(plan, "Actual Loops");
    let per_loop = number(plan, "Actual Rows") + number(plan, "Rows Removed by Filter") + number(plan, "Rows Removed by Join Filter");
    cost.rows = cost.rows.max(loops * per_loop);
    cost.parallel |= kind.starts_with("Gather");
    if kind == "Seq Scan" && plan["Relation Name"].as_str().unwrap().starts_with("certificate") && loops > 0 {
        cost.whole.push(plan["Relation Name"].as_str().unwrap().to_owned());
    }
    for part in plan["Plans"].as_array().into_iter().flatten() {
        step(part, cost);
    }
}

fn number(plan: &Json, member: &str) -> u64 {
    plan[member].as_f64().map_or(0, |number| number as u64)
}

impl Cost {
    /// The indented plan, shortened to what decides.
    pub(super) fn outline(&self) -> String {
        let words = [
            "\"Node Type\"",
            "\"Index Name\"",
            "\"Actual Rows\"",
            "\"Index Cond\"",
            "\"Filter\"",
            "\"Rows Removed by Filter\"",
            "\"Actual Loops\"",
            "\"Sort Key\"",
        ];
        self.text.lines().filter(|line| words.iter().any(|word| line.contains(word))).collect::<Vec<_>>().join("\n")
    }
}
