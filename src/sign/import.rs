//! The certificate that somebody else's authority made for a key that waits here: taken with its chain, or refused with what is
//! wrong with it.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use thiserror::Error;
use verify::Trust;
use verify::chain::{ChainOutcome, MAX_LENGTH, X509};
use verify::messages::Lang;

use super::authority_ca::{make_folder, pem};
use super::request::waiting_key;
use super::{Holder, SignError, key_file};

/// Why a chain is not taken. Places count from 1, as people count the certificates of a file.
#[derive(Debug, Error)]
pub enum ImportRefusal {
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error("no key waits for a certificate in {}: make one with `zhengzhao keys csr`", path.display())]
    NoKey { path: PathBuf },
    #[error("the file holds no certificate chain: {detail}")]
    Unreadable { detail: String },
    #[error("no certificate in the file is of the key that waits in {}; the first is of {subject}", path.display())]
    Key { path: PathBuf, subject: String },
    #[error("the certificate of the key is the one at place {place}; it has to be the first, each next one its issuer's")]
    NotFirst { place: usize },
    #[error("the certificate at place {place} ({subject}) was issued by {issuer}, but the next one is of {next}")]
    Order { place: usize, subject: String, issuer: String, next: String },
    #[error("the certificate at place {place} ({subject}) is not signed by the one after it")]
    Signature { place: usize, subject: String },
    #[error("the certificate at place {place} ({subject}) may not be used so: {why}")]
    Purpose { place: usize, subject: String, why: &'static str },
    #[error("the certificate names {found:?} as its holder's credit code (serialNumber), not {expected}")]
    Holder { expected: String, found: Option<String> },
    #[error("the certificate of {subject} is not in force today")]
    Validity { subject: String },
    #[error("the chain ends at {subject}, whom none of the trusted roots issued: put its root among the trusted ones (keys.trust) first")]
    NoTrustedRoot { subject: String },
    #[error("the certificate at place {place} ({subject}) uses {algorithm}, not SM2 with SM3")]
    Foreign { place: usize, subject: String, algorithm: String },
    #[error("{} is there already: --replace puts it aside", path.display())]
    Exists { path: PathBuf },
}

impl ImportRefusal {
    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Sign(error) => error.to_string(),
            Self::NoKey { path } => format!("{} 里没有等待证书的密钥：请先运行 zhengzhao keys csr", path.display()),
            Self::Unreadable { detail } => format!("文件里没有可用的证书链：{detail}"),
            Self::Key { path, subject } => format!("文件里没有 {} 这个密钥的证书；第一张证书属于 {subject}", path.display()),
            Self::NotFirst { place } => format!("密钥的证书排在第 {place} 位；它应排在第一位，其后依次为各级签发者的证书"),
            Self::Order { place, subject, issuer, next } => {
                format!("第 {place} 张证书（{subject}）由 {issuer} 签发，而下一张证书属于 {next}：顺序不对或缺少中间证书")
            }
            Self::Signature { place, subject } => format!("第 {place} 张证书（{subject}）不是由下一张证书的密钥签署的"),
            Self::Purpose { place, subject, why } => format!("第 {place} 张证书（{subject}）的用途不符：{why}"),
            Self::Holder { expected, found: Some(found) } => {
                format!("证书主体的统一社会信用代码（serialNumber）是 {found}，不是 {expected}")
            }
            Self::Holder { expected, found: None } => format!("证书主体没有统一社会信用代码（serialNumber），应为 {expected}"),
            Self::Validity { subject } => format!("{subject} 的证书今天不在有效期内"),
            Self::NoTrustedRoot { subject } => {
                format!("证书链止于 {subject}，其签发者不在信任的根证书之中：请先把根证书放入 keys.trust")
            }
            Self::Foreign { place, subject, algorithm } => {
                format!("第 {place} 张证书（{subject}）使用的算法是 {algorithm}，不是 SM2 与 SM3")
            }
            Self::Exists { path } => format!("{} 已存在：加 --replace 可将其移入 retired 后替换", path.display()),
        }
    }
}

/// Takes a chain (PEM, the holder's certificate first, each next one its issuer's; the root may be left out) for the key that waits
/// for it, and puts both where the hub finds them. What is replaced is moved into `retired`, never deleted.
///
/// # Errors
/// What of key, order, purpose, holder, validity or root does not fit.
pub fn import_chain(
    keys: &Path,
    holder: &Holder,
    chain: &str,
    trust: &Trust,
    passphrase: &str,
    replace: bool,
    now: DateTime<Utc>,
) -> Result<PathBuf, ImportRefusal> {
    let waiting = waiting_key(keys, holder);
    if !waiting.exists() {
        return Err(ImportRefusal::NoKey { path: waiting });
    }
    let chain = certificates(chain)?;
    let own = fitting(&chain, holder, &waiting, passphrase)?;
    followed(&chain, holder, trust, now)?;
    if let Holder::Signer(code) = holder
        && own.organisation_code().as_deref() != Some(code)
    {
        return Err(ImportRefusal::Holder { expected: code.clone(), found: own.organisation_code() });
    }
    let (key, certificate) = (holder.key(keys), holder.certificate(keys));
    make_folder(&holder.folder(keys))?;
    if key.exists() || certificate.exists() {
        if !replace {
            return Err(ImportRefusal::Exists { path: key });
        }
        retire(keys, holder, now)?;
    }
    let text = chain.iter().map(|one| pem(holder.name(), one.der())).collect::<Result<String, _>>()?;
    key_file::write_new(&certificate, text.as_bytes(), 0o644)?;
    // The key last: a hub that starts meanwhile finds no key without its certificate.
    std::fs::rename(&waiting, &key).map_err(|source| SignError::File { path: key, action: "written", source })?;
    Ok(certificate)
}

/// What other tools write around the blocks is passed over.
fn certificates(text: &str) -> Result<Vec<X509>, ImportRefusal> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = text.split(BEGIN).skip(1).filter_map(|rest| rest.split_once(END));
    let blocks: String = blocks.map(|(block, _)| format!("{BEGIN}{block}{END}\n")).collect();
    let chain = X509::from_pem(&blocks).map_err(|error| ImportRefusal::Unreadable { detail: error.to_string() })?;
    if chain.len() > MAX_LENGTH {
        return Err(ImportRefusal::Unreadable { detail: format!("{} certificates are more than {MAX_LENGTH}", chain.len()) });
    }
    Ok(chain)
}

/// The key's own certificate, which is the first, and each next one is its issuer's.
fn fitting<'a>(chain: &'a [X509], holder: &Holder, waiting: &Path, passphrase: &str) -> Result<&'a X509, ImportRefusal> {
    let public = key_file::read(waiting, passphrase)?.public_key();
    let own = match chain.iter().position(|one| *one.public_key() == public) {
        Some(0) => chain.first(),
        Some(place) => return Err(ImportRefusal::NotFirst { place: place + 1 }),
        None => None,
    };
    let first = || chain.first().map(X509::subject).unwrap_or_default();
    let own = own.ok_or_else(|| ImportRefusal::Key { path: waiting.into(), subject: first() })?;
    for (index, pair) in chain.windows(2).enumerate() {
        let [below, above] = pair else { continue };
        if below.issuer_der() != above.subject_der() {
            let issuer = super::certificate::issuer_text(below.der()).unwrap_or_else(|| holder.name().to_owned());
            return Err(ImportRefusal::Order { place: index + 1, subject: below.subject(), issuer, next: above.subject() });
        }
    }
    Ok(own)
}

/// It leads to a trusted root, for what the key is for, today.
fn followed(chain: &[X509], holder: &Holder, trust: &Trust, now: DateTime<Utc>) -> Result<(), ImportRefusal> {
    let ders: Vec<_> = chain.iter().map(|one| one.der().to_vec()).collect();
    let named = |place: usize| chain.get(place).map(X509::subject).unwrap_or_else(|| "the trusted root".to_owned());
    match trust.chain_for(&ders, holder.purpose()).outcome(now) {
        ChainOutcome::Trusted { .. } => Ok(()),
        ChainOutcome::NoTrustedRoot => Err(ImportRefusal::NoTrustedRoot { subject: named(chain.len().saturating_sub(1)) }),
        ChainOutcome::Foreign { place, algorithm } => Err(ImportRefusal::Foreign { place: place + 1, subject: named(place), algorithm }),
        ChainOutcome::OutOfBounds { subject } => Err(ImportRefusal::Validity { subject }),
        ChainOutcome::Broken { place, fault: "SIGNATURE" | "ISSUER_NAME" } => {
            Err(ImportRefusal::Signature { place: place + 1, subject: named(place) })
        }
        ChainOutcome::Broken { place, fault } => {
            let why = match fault {
                "KEY_USAGE" if place == 0 => "its key usage does not allow digital signatures",
                "KEY_USAGE" => "its key usage does not allow to sign certificates",
                "EXTENDED_KEY_USAGE" => "its extended key usage is for something else",
                "NOT_A_CA" => "it is of no certification authority",
                "PATH_LENGTH" => "it may not have so many authorities below it",
                _ => "it cannot be used",
            };
            Err(ImportRefusal::Purpose { place: place + 1, subject: named(place), why })
        }
    }
}

/// Moves what is there into `retired`, under the time.
fn retire(keys: &Path, holder: &Holder, now: DateTime<Utc>) -> Result<(), SignError> {
    let folder = keys.join("retired");
    make_folder(&folder)?;
    // The key first: without it the hub passes the certificate over.
    for (from, kind) in [(holder.key(keys), "key"), (holder.certificate(keys), "cert")] {
        let to = folder.join(format!("{}.{}.{kind}.pem", holder.name(), now.format("%Y%m%dT%H%M%S")));
        match std::fs::rename(&from, &to) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(SignError::File { path: to, action: "written", source });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::sign::{KeyRing, create_request, read_trust};

    const CODE: &str = "11990000000000GX2C";
    const DISTID: &str = "distid:1234567812345678";

    /// OpenSSL as somebody else's authority: a root and an issuing one below it, in `ca` of a folder; the hub's keys in `keys`.
    struct Elsewhere {
        folder: tempfile::TempDir,
        trust: Trust,
    }

    impl Elsewhere {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().to_owned();
            let place = |name: &str| root.join(name);
            for name in ["ca", "trust", "keys"] {
                std::fs::create_dir(place(name)).unwrap();
            }
            let run = |arguments: &[&str]| openssl(&place("ca"), arguments);
            for (name, subject) in [("root", "/C=CN/O=Test Root/CN=Test Root"), ("mid", "/C=CN/O=Test Issuing/CN=Test Issuing")] {
                run(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", &format!("{name}.key")]);
                let usage = "keyUsage=critical,keyCertSign,cRLSign";
                let request = ["req", "-new", "-key", &format!("{name}.key"), "-sm3", "-sigopt", DISTID, "-subj", subject, "-out"];
                run(&[&request[..], &[&format!("{name}.csr")]].concat());
                std::fs::write(
                    place("ca").join("authority.ext"),
                    format!("basicConstraints=critical,CA:TRUE\n{usage}\nsubjectKeyIdentifier=hash\n"),
                )
                .unwrap();
            }
            let own = ["x509", "-req", "-in", "root.csr", "-signkey", "root.key", "-sm3", "-sigopt", DISTID, "-vfyopt", DISTID];
            run(&[&own[..], &["-days", "30", "-extfile", "authority.ext", "-out", "root.pem"]].concat());
            let this = Self { trust: Trust::default(), folder };
            this.certify("mid.csr", "root", "authority.ext", "30", "mid.pem");
            std::fs::copy(place("ca/root.pem"), place("trust/root.pem")).unwrap();
            Self { trust: read_trust(&place("trust")).unwrap(), ..this }
        }

        fn certify(&self, request: &str, issuer: &str, extensions: &str, days: &str, to: &str) {
            let (certificate, key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
            let signed =
                ["x509", "-req", "-in", request, "-CA", &certificate, "-CAkey", &key, "-CAcreateserial", "-sm3", "-sigopt", DISTID];
            let rest = ["-vfyopt", DISTID, "-days", days, "-extfile", extensions, "-out", to];
            openssl(&self.folder.path().join("ca"), &[&signed[..], &rest].concat());
        }

        /// A chain for the request of this holder, with these extensions.
        fn chain(&self, holder: &Holder, extensions: &str, days: &str) -> String {
            let ca = self.folder.path().join("ca");
            let request = self.keys().join("requests").join(format!("{}.csr.pem", holder.name()));
            std::fs::write(ca.join("holder.ext"), extensions).unwrap();
            self.certify(request.to_str().unwrap(), "mid", "holder.ext", days, "holder.pem");
            let read = |name: &str| std::fs::read_to_string(ca.join(name)).unwrap();
            read("holder.pem") + "subject= as tools write it\n" + &read("mid.pem")
        }

        fn keys(&self) -> PathBuf {
            self.folder.path().join("keys")
        }

        fn import(&self, holder: &Holder, chain: &str, replace: bool) -> Result<PathBuf, ImportRefusal> {
            import_chain(&self.keys(), holder, chain, &self.trust, "口令", replace, Utc::now())
        }
    }

    fn openssl(folder: &Path, arguments: &[&str]) {
        let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    const SIGNING: &str = "keyUsage=critical,digitalSignature,nonRepudiation\n";

    #[test]
    fn a_key_certified_elsewhere_signs_and_is_replaced_only_when_asked() {
        let elsewhere = Elsewhere::new();
        let holder = Holder::of(CODE).unwrap();
        let keys = elsewhere.keys();
        create_request(&keys, &holder, "Test Authority", None, "口令").unwrap();
        assert!(KeyRing::open(&keys, "口令").unwrap().authorities().is_empty(), "a key that waits signs nothing");
        elsewhere.import(&holder, &elsewhere.chain(&holder, SIGNING, "20"), false).unwrap();
        let signer = KeyRing::open(&keys, "口令").unwrap().signer(CODE).unwrap();
        assert_eq!(signer.chain().len(), 2);
        let chain = elsewhere.trust.chain(signer.chain());
        assert_eq!(chain.verify(b"message", &signer.sign(b"message").unwrap()), Some(Ok(())));

        assert!(matches!(elsewhere.import(&holder, "", false), Err(ImportRefusal::NoKey { .. })));
        create_request(&keys, &holder, "Test Authority", None, "口令").unwrap();
        let second = elsewhere.chain(&holder, SIGNING, "20");
        assert!(matches!(elsewhere.import(&holder, &second, false), Err(ImportRefusal::Exists { .. })));
        elsewhere.import(&holder, &second, true).unwrap();
        assert_ne!(KeyRing::open(&keys, "口令").unwrap().signer(CODE).unwrap().id(), signer.id());
        assert_eq!(std::fs::read_dir(keys.join("retired")).unwrap().count(), 2, "what was there is put aside");
    }

    #[test]
    fn a_chain_that_does_not_fit_is_refused_with_what_is_wrong() {
        let elsewhere = Elsewhere::new();
        let (holder, unit) = (Holder::of(CODE).unwrap(), Holder::TimestampUnit);
        let keys = elsewhere.keys();
        create_request(&keys, &holder, "Test Authority", None, "口令").unwrap();
        create_request(&keys, &unit, "Test Timestamps", None, "口令").unwrap();
        let good = elsewhere.chain(&holder, SIGNING, "20");
        let blocks = certificates(&good).unwrap();
        let pem_of = |chain: &[&X509]| chain.iter().map(|one| pem("", one.der()).unwrap()).collect::<String>();
        let root = std::fs::read_to_string(elsewhere.folder.path().join("ca/root.pem")).unwrap();
        let refused = |holder: &Holder, chain: &str| elsewhere.import(holder, chain, false).unwrap_err();
        let check = |refusal: ImportRefusal, is: fn(&ImportRefusal) -> bool| {
            assert!(is(&refusal), "{refusal:?}");
            assert!(!refusal.message(Lang::Zh).is_ascii() && !refusal.message(Lang::En).is_empty());
        };
        check(refused(&holder, "no certificate"), |one| matches!(one, ImportRefusal::Unreadable { .. }));
        check(refused(&unit, &good), |one| matches!(one, ImportRefusal::Key { .. }));
        check(refused(&holder, &pem_of(&[&blocks[1], &blocks[0]])), |one| matches!(one, ImportRefusal::NotFirst { place: 2 }));
        check(refused(&holder, &(pem_of(&[&blocks[0]]) + &root)), |one| matches!(one, ImportRefusal::Order { place: 1, .. }));
        check(refused(&holder, &pem_of(&[&blocks[0]])), |one| matches!(one, ImportRefusal::NoTrustedRoot { .. }));
        check(refused(&unit, &elsewhere.chain(&unit, SIGNING, "20")), |one| matches!(one, ImportRefusal::Purpose { place: 1, .. }));
        let encrypting = elsewhere.chain(&holder, "keyUsage=critical,keyEncipherment\n", "20");
        check(refused(&holder, &encrypting), |one| matches!(one, ImportRefusal::Purpose { place: 1, .. }));
        let stamping = format!("{SIGNING}extendedKeyUsage=critical,timeStamping\n");
        check(refused(&holder, &elsewhere.chain(&holder, &stamping, "20")), |one| matches!(one, ImportRefusal::Purpose { .. }));
        let later = Utc::now() + chrono::Duration::days(25);
        let late = import_chain(&keys, &holder, &good, &elsewhere.trust, "口令", false, later).unwrap_err();
        check(late, |one| matches!(one, ImportRefusal::Validity { .. }));
        let other = Elsewhere::new();
        let foreign = import_chain(&keys, &holder, &good, &other.trust, "口令", false, Utc::now()).unwrap_err();
        check(foreign, |one| matches!(one, ImportRefusal::NoTrustedRoot { .. } | ImportRefusal::Signature { .. }));
        // Somebody else's name on the right key.
        let theirs = Holder::of("91990000MAH0TEXT1J").unwrap();
        std::fs::copy(waiting_key(&keys, &holder), waiting_key(&keys, &theirs)).unwrap();
        check(refused(&theirs, &good), |one| matches!(one, ImportRefusal::Holder { found: Some(_), .. }));
        assert!(matches!(
            import_chain(&keys, &holder, &good, &elsewhere.trust, "other", false, Utc::now()),
            Err(ImportRefusal::Sign(SignError::Key { .. }))
        ));
        assert!(waiting_key(&keys, &holder).exists(), "a key whose chain was refused goes on waiting");
        elsewhere.import(&unit, &elsewhere.chain(&unit, &stamping, "20"), false).unwrap();
        elsewhere.import(&holder, &good, false).unwrap();
    }
}
