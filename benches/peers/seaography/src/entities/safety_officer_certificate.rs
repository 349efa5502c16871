use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "peer", table_name = "safety_officer_certificate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text", unique)]
    pub identifier: String,
    #[sea_orm(column_type = "Text")]
    pub number: String,
    pub version: i32,
    #[sea_orm(column_type = "Text")]
    pub issuer_code: String,
    pub issued_on: Date,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub event_status: String,
    #[sea_orm(column_type = "Text")]
    pub person_name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub sex: Option<String>,
    pub birth_date: Option<Date>,
    #[sea_orm(column_type = "Text")]
    pub identity_card: String,
    #[sea_orm(column_type = "Text")]
    pub identity_card_type: String,
    #[sea_orm(column_type = "Text")]
    pub category_code: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub employer_name: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub employer_credit_code: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub duty: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub technical_title: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub education_degree: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub major: Option<String>,
    pub first_issued_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub province_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub transferred_from_number: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::authority::Entity", from = "Column::IssuerCode", to = "super::authority::Column::Code")]
    Authority,
    #[sea_orm(has_many = "super::employer_certificate::Entity")]
    EmployerCertificate,
}

impl Related<super::authority::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Authority.def()
    }
}

impl Related<super::employer_certificate::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::EmployerCertificate.def()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::authority::Entity")]
    Authority,
    #[sea_orm(entity = "super::employer_certificate::Entity")]
    EmployerCertificate,
}

impl ActiveModelBehavior for ActiveModel {}
