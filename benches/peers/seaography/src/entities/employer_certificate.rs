use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "peer", table_name = "employer_certificate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub type_name: String,
    #[sea_orm(column_type = "Text")]
    pub identifier: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub number: String,
    pub version: i32,
    #[sea_orm(column_type = "Text")]
    pub credit_code: String,
    #[sea_orm(column_type = "Text")]
    pub enterprise_name: String,
    #[sea_orm(column_type = "Text")]
    pub issuer_code: String,
    pub issued_on: Date,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub event_status: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::authority::Entity", from = "Column::IssuerCode", to = "super::authority::Column::Code")]
    Authority,
    #[sea_orm(
        belongs_to = "super::safety_officer_certificate::Entity",
        from = "Column::CreditCode",
        to = "super::safety_officer_certificate::Column::EmployerCreditCode"
    )]
    SafetyOfficerCertificate,
}

impl Related<super::authority::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Authority.def()
    }
}

impl Related<super::safety_officer_certificate::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::SafetyOfficerCertificate.def()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::authority::Entity")]
    Authority,
}

impl ActiveModelBehavior for ActiveModel {}
