//! Made-up certificates of the types in `schema/`, with the faces beside them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use chrono::DateTime;
use model::registry::{CertificateType, Registry, SourceFile, resolve};
use model::standards::Standards;
use render::{Attachment, CopyMark, Face, Metadatum, Party, Template, typed};
use serde_json::Value;
use verify::Lang;

static TYPES: LazyLock<Vec<(String, Arc<CertificateType>)>> = LazyLock::new(|| {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(schema()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let files: Vec<_> = paths
        .iter()
        .map(|path| SourceFile {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(path).unwrap(),
        })
        .collect();
    let resolved = resolve(&files, &Registry::default()).unwrap();
    files.into_iter().map(|file| file.name).zip(resolved.types).collect()
});

pub(crate) fn schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema")
}

/// All type files, by the name of their file.
pub(crate) fn slugs() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(slug, _)| slug.as_str())
}

/// The type's own template, or the one for types without.
pub(crate) fn template(slug: &str) -> Template {
    match std::fs::read_to_string(schema().join(format!("{slug}.typ"))) {
        Ok(text) => Template::new(&text).unwrap_or_else(|error| panic!("{slug}: {error}")),
        Err(_) => Template::default_face(),
    }
}

/// A certificate with the data of an example of its type file.
pub(crate) fn certificate(slug: &str, example: usize) -> Face {
    let kind = &TYPES.iter().find(|(known, _)| known == slug).unwrap_or_else(|| panic!("no type {slug}")).1;
    let data = kind.examples[example].clone();
    let text = |key: &str| data.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = kind.source.parse::<Value>().unwrap()["x-certificate"]["number"]["example"].as_str().unwrap_or("测〔2026〕1号").to_owned();
    let identifier = format!("1.2.156.3005.2.{}.11990000000000GX2C.20260000001.001.P", kind.type_code);
    let mut kept = data.clone();
    let photos = typed::photos(kind, &data);
    photos.keys().for_each(|name| drop(kept.insert(name.clone(), Value::Null)));
    let holder =
        ["personName", "enterpriseName", "institutionName", "builderName"].iter().find_map(|key| text(key)).unwrap_or("测试甲".to_owned());
    Face {
        lang: Lang::Zh,
        name: kind.title.zh.clone(),
        issuer: Party { name: "测试省住房和城乡建设厅".to_owned(), code: "11990000000000GX2C".to_owned() },
        holders: vec![Party { name: holder.clone(), code: text("identityCard").unwrap_or_default() }],
        issued_on: "2026-03-02".to_owned(),
        valid_from: text("effectiveDate"),
        valid_to: text("expiringDate"),
        fields: typed::fields(kind, &data, Standards::embedded(), Lang::Zh),
        data: kept,
        photos,
        qr: Some(format!("HTTPS://HUB.TEST/V/{identifier}#{}", "6BF$D3B:9+48F%5C7E-W2.Q1".repeat(8))),
        seal_link: Some(format!("https://hub.test/verify/{identifier}#seal")),
        copy: None,
        metadata: vec![
            Metadatum::new("ZZMC", &kind.title.zh, Some("name")),
            Metadatum::new("ZZLXDM", &kind.type_code, None),
            Metadatum::new("ZZBH", &number, Some("number")),
            Metadatum::new("ZZBS", &identifier, Some("identifier")),
            Metadatum::new("ZZBFJG", "测试省住房和城乡建设厅", Some("issuer")),
            Metadatum::new("ZZBFRQ", "2026-03-02", Some("issuedOn")),
            Metadatum::new("CZZT", holder, Some("personName")),
            Metadatum::new("KZ_gender", "男 & <女>", Some("sex")),
        ],
        attachments: vec![Attachment {
            name: "certificate.json".to_owned(),
            mime: "application/json".to_owned(),
            description: "证照数据 The certificate's data".to_owned(),
            bytes: br#"{"v":1}"#.as_slice().into(),
        }],
        created: DateTime::parse_from_rfc3339("2026-03-02T10:20:30+08:00").unwrap(),
        number,
        identifier,
    }
}

pub(crate) fn copy() -> CopyMark {
    CopyMark {
        maker: "测试甲（本人通过政务服务平台制作）".to_owned(),
        purpose: "在测试省公共资源交易中心参加测试花园一期工程施工投标报名及资格审查".to_owned(),
        expires: "2026年06月01日".to_owned(),
    }
}

/// Text without the spaces and breaks that layout puts in.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
