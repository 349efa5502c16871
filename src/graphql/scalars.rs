//! The API's own scalars. They check the shape of input; what a value means is checked where it is used (plan, type file).

use async_graphql::Value;
use async_graphql::dynamic::{Scalar, SchemaBuilder};

pub(super) const DATE: &str = "Date";
pub(super) const DATE_TIME: &str = "DateTime";
pub(super) const DECIMAL: &str = "Decimal";
pub(super) const LONG: &str = "Long";
pub(super) const BASE64: &str = "Base64";
pub(super) const JSON: &str = "JSON";

/// Those that every view uses.
pub(super) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    let text = |value: &Value| matches!(value, Value::String(_));
    schema
        .register(Scalar::new(DATE).description("日期 / a date, YYYY-MM-DD (GB/T 7408)").validator(text))
        .register(Scalar::new(DATE_TIME).description("时间 / a time with offset, RFC 3339; answered in UTC").validator(text))
        .register(Scalar::new(BASE64).description("Base64 编码的字节 / bytes in Base64").validator(text))
        .register(Scalar::new(JSON).description("任意 JSON / any JSON value"))
}

/// Counts of statistics, and long integers.
pub(super) fn register_long(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(Scalar::new(LONG).description("整数 / an integer of up to 64 bits").validator(number_or_text))
}

/// Where a type has decimals.
pub(super) fn register_decimal(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(
        Scalar::new(DECIMAL).description("十进制数 / a decimal number that keeps its digits, as a string").validator(number_or_text),
    )
}

fn number_or_text(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_))
}
