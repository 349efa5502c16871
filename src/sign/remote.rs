//! A signer whose key lies in a signing service, asked over HTTP. What leaves this machine is a digest, never what is signed; what
//! comes back is verified before anybody uses it.
//!
//! ```text
//! signers/<credit code>.remote.toml   url = "https://sign.example.gov.cn/v1/sign"
//! signers/<credit code>.cert.pem      key = "<name of the key there>"      token_file = "…"   timeout_milliseconds = 3000
//!
//! POST url   Authorization: Bearer <token>   {"key": …, "algorithm": "SM2", "digest": "<SM3(Z ‖ message), hex>"}
//!      200   {"key": …, "signature": "<DER of r and s, Base64>"}          any other status: refused, with a reason as text
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sm2::elliptic_curve::zeroize::Zeroizing;
use verify::chain::X509;
use verify::digest::sm3_hex;

use super::{SignError, Signer, waiting};

/// Most bytes of an answer that are read, and most characters of a reason that are told.
const MAX_ANSWER: u64 = 16 * 1024;
const MAX_REASON: usize = 200;

/// `<credit code>.remote.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteSettings {
    /// Where the service signs.
    url: String,
    /// The name of the key there.
    key: String,
    /// A file whose first line is the bearer token; from the settings' folder where it is relative.
    token_file: Option<PathBuf>,
    #[serde(default = "three_seconds")]
    timeout_milliseconds: u64,
}

const fn three_seconds() -> u64 {
    3000
}

#[derive(Serialize)]
struct Question<'a> {
    key: &'a str,
    algorithm: &'static str,
    digest: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    key: String,
    signature: String,
}

/// Asks a signing service.
pub struct RemoteSigner {
    id: String,
    authority: String,
    chain: Vec<Vec<u8>>,
    own: X509,
    url: String,
    key: String,
    token: Option<Zeroizing<String>>,
    agent: ureq::Agent,
}

impl RemoteSigner {
    /// Reads the settings and the certificate chain. The service itself is not asked yet: it may be away while the hub starts.
    ///
    /// # Errors
    /// Files that cannot be read, an address that is none, a certificate of another authority.
    pub fn open(settings_path: &Path, certificate_path: &Path, authority: &str) -> Result<Self, SignError> {
        let read =
            |path: &Path| std::fs::read_to_string(path).map_err(|source| SignError::File { path: path.into(), action: "read", source });
        let wrong = |why: String| SignError::Settings { path: settings_path.into(), why };
        let settings: RemoteSettings = toml::from_str(&read(settings_path)?).map_err(|error| wrong(error.to_string()))?;
        if !settings.url.starts_with("https://") && !settings.url.starts_with("http://") {
            return Err(wrong(format!("url is {:?}, no http address", settings.url)));
        }
        let chain =
            X509::from_pem(&read(certificate_path)?).map_err(|source| SignError::Certificate { path: certificate_path.into(), source })?;
        let own = chain.first().cloned().ok_or_else(|| wrong("there is no certificate".to_owned()))?;
        let found = own.organisation_code();
        if found.as_deref() != Some(authority) {
            return Err(SignError::Authority { path: certificate_path.into(), expected: authority.to_owned(), found });
        }
        let token = match &settings.token_file {
            Some(file) => {
                let path = settings_path.parent().unwrap_or(Path::new(".")).join(file);
                let text = Zeroizing::new(read(&path)?);
                Some(Zeroizing::new(text.lines().next().unwrap_or_default().trim().to_owned()))
            }
            None => None,
        };
        let timeout = Duration::from_millis(settings.timeout_milliseconds);
        let agent = ureq::Agent::config_builder().timeout_global(Some(timeout)).http_status_as_error(false).max_redirects(0).build().into();
        Ok(Self {
            id: sm3_hex(own.der()),
            authority: authority.to_owned(),
            chain: chain.iter().map(|one| one.der().to_vec()).collect(),
            own,
            url: settings.url,
            key: settings.key,
            token,
            agent,
        })
    }

    /// For a key ring.
    pub fn shared(self) -> Arc<dyn Signer> {
        Arc::new(self)
    }

    fn ask(&self, digest: &[u8; 32]) -> Result<Answer, String> {
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut request = self.agent.post(&self.url).header("Accept", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {}", token.as_str()));
        }
        let question = Question { key: &self.key, algorithm: "SM2", digest: &digest };
        let mut response = request.send_json(&question).map_err(|error| error.to_string())?;
        let status = response.status();
        let text =
            response.body_mut().with_config().limit(MAX_ANSWER).read_to_string().map_err(|error| format!("HTTP {status}, {error}"))?;
        if status != 200 {
            let reason: String = text.chars().filter(|character| !character.is_control()).take(MAX_REASON).collect();
            return Err(format!("it refused with HTTP {status} {reason}"));
        }
        serde_json::from_str(&text).map_err(|error| format!("its answer does not read: {error}"))
    }
}

impl Signer for RemoteSigner {
    fn id(&self) -> &str {
        &self.id
    }

    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn authority(&self) -> &str {
        &self.authority
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let fault = |fault: String| SignError::Sign { authority: self.authority.clone(), fault: format!("{}: {fault}", self.url) };
        let digest = self.own.prepared_key().digest(message);
        let answer = waiting(|| self.ask(&digest)).map_err(fault)?;
        if answer.key != self.key {
            return Err(fault(format!("it signed with the key {:?}, not with {:?}", answer.key, self.key)));
        }
        let signature = STANDARD.decode(&answer.signature).map_err(|error| fault(format!("its signature is no Base64: {error}")))?;
        self.own
            .prepared_key()
            .verify(message, &signature)
            .map_err(|error| fault(format!("its signature is not one of the certificate's key: {error}")))?;
        Ok(signature)
    }
}

impl std::fmt::Debug for RemoteSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RemoteSigner")
            .field("authority", &self.authority)
            .field("url", &self.url)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use serde_json::{Value as Json, json};
    use sm2::dsa::signature::hazmat::PrehashSigner as _;
    use sm2::dsa::{Signature, SigningKey};
    use verify::signature::DISTINGUISHING_ID;

    use super::*;
    use crate::sign::authority_ca::{create_ca, create_signer};
    use crate::sign::{KeyRing, key_file};

    /// What a service says, of the question and the right answer to it.
    type Answering = Box<dyn Fn(&Json, Json) -> (u16, String) + Send>;

    const CODE: &str = "11990000000000GX2C";

    /// A signing service on this machine, with the key of a signer; `answer` may spoil what it says.
    fn service(key: SigningKey, answer: impl Fn(&Json, Json) -> (u16, String) + Send + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/sign", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A caller that has gone away is no matter.
                let _ = serve(&stream.unwrap(), &key, &answer);
            }
        });
        url
    }

    fn serve(stream: &TcpStream, key: &SigningKey, answer: &impl Fn(&Json, Json) -> (u16, String)) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let (mut length, mut authorised) = (0, false);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            authorised |= line == "authorization: bearer secret";
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let question: Json = serde_json::from_slice(&body).unwrap();
        let (status, text) = if authorised {
            let digest = question["digest"].as_str().unwrap();
            let digest: Vec<u8> = (0..32).map(|place| u8::from_str_radix(&digest[place * 2..place * 2 + 2], 16).unwrap()).collect();
            let signature: Signature = key.sign_prehash(&digest).unwrap();
            let der = signature.to_der();
            answer(&question, json!({ "key": question["key"], "signature": STANDARD.encode(sm2_der(&der)) }))
        } else {
            (401, "no token".to_owned())
        };
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len())
    }

    fn sm2_der(der: &sm2::dsa::DerSignature) -> Vec<u8> {
        use der::Encode as _;
        der.to_der().unwrap()
    }

    /// A folder in which the signer's key was taken away to the service.
    fn hub(answer: impl Fn(&Json, Json) -> (u16, String) + Send + 'static, others: bool) -> (tempfile::TempDir, Arc<dyn Signer>) {
        let folder = tempfile::tempdir().unwrap();
        let now = chrono::Utc::now();
        create_ca(folder.path(), "测试根", "p", true, now).unwrap();
        create_signer(folder.path(), CODE, "测试机关", "p", now).unwrap();
        let file = |ending: &str| folder.path().join(format!("signers/{CODE}.{ending}"));
        let secret = if others { key_file::generate().unwrap() } else { key_file::read(&file("key.pem"), "p").unwrap() };
        std::fs::remove_file(file("key.pem")).unwrap();
        let url = service(SigningKey::new(DISTINGUISHING_ID, &secret).unwrap(), answer);
        std::fs::write(folder.path().join("signers/token"), "secret\n").unwrap();
        let settings = format!("url = \"{url}\"\nkey = \"one\"\ntoken_file = \"token\"\ntimeout_milliseconds = 700\n");
        std::fs::write(file("remote.toml"), settings).unwrap();
        let signer = KeyRing::open(folder.path(), "p").unwrap().signer(CODE).unwrap();
        (folder, signer)
    }

    fn plain(_: &Json, answer: Json) -> (u16, String) {
        (200, answer.to_string())
    }

    #[test]
    fn a_service_elsewhere_signs_as_the_key_here_would() {
        let (_folder, signer) = hub(plain, false);
        let own = X509::from_der(&signer.chain()[0]).unwrap();
        for message in [&b"message"[..], b"", &[7; 5000]] {
            own.prepared_key().verify(message, &signer.sign(message).unwrap()).unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_runtime_goes_on_while_the_service_is_asked() {
        let (_folder, signer) = hub(plain, false);
        assert!(signer.sign(b"message").is_ok());
    }

    #[test]
    fn whatever_else_the_service_says_is_told_and_nothing_of_it_used() {
        let refusals: [(&str, Answering, bool); 8] = [
            ("HTTP 403 Forbidden not today", Box::new(|_, _| (403, "not\u{1b} today".into())), false),
            ("HTTP 404", Box::new(|_, _| (404, "no such key".into())), false),
            ("HTTP 302", Box::new(|_, _| (302, String::new())), false),
            (
                "the key \"two\", not",
                Box::new(|_, mut answer| {
                    answer["key"] = json!("two");
                    (200, answer.to_string())
                }),
                false,
            ),
            ("not one of the certificate's key", Box::new(plain), true),
            (
                "no Base64",
                Box::new(|_, mut answer| {
                    answer["signature"] = json!("?");
                    (200, answer.to_string())
                }),
                false,
            ),
            ("does not read", Box::new(|_, _| (200, "hello".into())), false),
            ("HTTP 200", Box::new(|_, _| (200, "x".repeat(1 << 20))), false),
        ];
        for (expected, answer, others) in refusals {
            let (_folder, signer) = hub(answer, others);
            let told = signer.sign(b"message").unwrap_err().to_string();
            assert!(told.contains(expected) && !told.contains("secret") && !told.contains('\u{1b}'), "{expected}: {told}");
        }
    }

    #[test]
    fn a_service_that_is_slow_or_away_is_not_waited_for() {
        let (_folder, signer) = hub(
            |_, answer| {
                std::thread::sleep(Duration::from_secs(20));
                plain(&json!(null), answer)
            },
            false,
        );
        let began = std::time::Instant::now();
        assert!(signer.sign(b"message").is_err());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let (folder, _) = hub(plain, false);
        let path = folder.path().join(format!("signers/{CODE}.remote.toml"));
        std::fs::write(&path, "url = \"http://127.0.0.1:1/\"\nkey = \"one\"\n").unwrap();
        let away = KeyRing::open(folder.path(), "p").unwrap().signer(CODE).unwrap();
        assert!(away.sign(b"message").unwrap_err().to_string().contains("127.0.0.1:1"));
        for faulty in ["url = \"ftp://x\"\nkey = \"one\"", "key = \"one\"", "url = \"http://x\"\nkey = \"one\"\nother = 1", "no toml"] {
            std::fs::write(&path, faulty).unwrap();
            assert!(matches!(KeyRing::open(folder.path(), "p"), Err(SignError::Settings { .. })), "{faulty}");
        }
    }
}
