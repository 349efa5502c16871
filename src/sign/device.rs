//! A signer whose key lies in a cryptographic device (密码机, 密码卡) behind a library of GM/T 0018 (SDF). The library is opened at run
//! time; the device gets a digest, never what is signed; what comes back is verified before anybody uses it.
//!
//! ```text
//! signers/<credit code>.sdf.toml   library = "/opt/vendor/lib/libsdf.so"    key = <index of the signing key>
//! signers/<credit code>.cert.pem   password_file = "…"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sdf::Device;
use serde::Deserialize;
use sm2::elliptic_curve::zeroize::Zeroizing;
use verify::chain::X509;
use verify::digest::sm3_hex;
use verify::sm2::{Signature, to_der};

use super::{SignError, Signer, key_file, waiting};

/// `<credit code>.sdf.toml`. Paths that are relative start in the settings' folder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceSettings {
    /// The vendor's library.
    library: PathBuf,
    /// Index of the signing key in the device.
    key: u32,
    /// A file whose first line is the password for the key; without one the right to the key is not asked for.
    password_file: Option<PathBuf>,
}

/// The devices that are open, by their library: signers whose keys lie in one device share its sessions.
#[derive(Default)]
pub(super) struct Devices(BTreeMap<PathBuf, Arc<Device>>);

impl Devices {
    fn open(&mut self, library: &Path) -> Result<Arc<Device>, sdf::SdfError> {
        if let Some(device) = self.0.get(library) {
            return Ok(Arc::clone(device));
        }
        let device = Arc::new(Device::open(library)?);
        self.0.insert(library.to_owned(), Arc::clone(&device));
        Ok(device)
    }
}

/// Asks a device.
pub struct DeviceSigner {
    id: String,
    authority: String,
    chain: Vec<Vec<u8>>,
    own: X509,
    device: Arc<Device>,
    key: u32,
    password: Option<Zeroizing<String>>,
}

impl DeviceSigner {
    /// Reads the settings and the certificate chain, opens the device and compares its key with the certificate's. Whether the password
    /// is right shows when it signs: devices count wrong ones.
    ///
    /// # Errors
    /// Files that cannot be read, a password others may read, a certificate of another authority, a device that cannot be opened or
    /// holds another key.
    pub(super) fn open(settings: &Path, certificate: &Path, authority: &str, devices: &mut Devices) -> Result<Self, SignError> {
        let read =
            |path: &Path| std::fs::read_to_string(path).map_err(|source| SignError::File { path: path.into(), action: "read", source });
        let wrong = |why: String| SignError::Settings { path: settings.into(), why };
        let DeviceSettings { library, key, password_file } = toml::from_str(&read(settings)?).map_err(|error| wrong(error.to_string()))?;
        let folder = settings.parent().unwrap_or(Path::new("."));
        let chain = X509::from_pem(&read(certificate)?).map_err(|source| SignError::Certificate { path: certificate.into(), source })?;
        let own = chain.first().cloned().ok_or_else(|| wrong("there is no certificate".to_owned()))?;
        let found = own.organisation_code();
        if found.as_deref() != Some(authority) {
            return Err(SignError::Authority { path: certificate.into(), expected: authority.to_owned(), found });
        }
        let password = password_file.map(|file| password(&folder.join(file))).transpose()?;
        let library = folder.join(library);
        let refused = |why: String| SignError::Device { path: settings.into(), why };
        let device = devices.open(&library).map_err(|error| refused(error.to_string()))?;
        let place = || format!("key {key} behind {}", library.display());
        let point = device.public_key(key).map_err(|error| refused(format!("{}: {error}", place())))?;
        if point.get(1..) != Some(own.prepared_key().coordinates().as_slice()) {
            return Err(refused(format!("{} is not the one that {} certifies", place(), certificate.display())));
        }
        Ok(Self {
            id: sm3_hex(own.der()),
            authority: authority.to_owned(),
            chain: chain.iter().map(|one| one.der().to_vec()).collect(),
            own,
            device,
            key,
            password,
        })
    }

    /// For a key ring.
    pub fn shared(self) -> Arc<dyn Signer> {
        Arc::new(self)
    }

    fn asked(&self, digest: [u8; 32]) -> Result<Vec<u8>, String> {
        let password = self.password.as_ref().map(|password| password.as_bytes());
        let signed = self.device.sign(self.key, password, digest).map_err(|error| error.to_string())?;
        let other = |error| format!("its signature is not one of the certificate's key: {error}");
        let signature = Signature::from_parts(&signed.r, &signed.s).map_err(other)?;
        self.own.prepared_key().verify_digest(&digest, &signature).map_err(other)?;
        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&signed.r);
        raw[32..].copy_from_slice(&signed.s);
        to_der(&raw).map_err(other)
    }
}

impl Signer for DeviceSigner {
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
        let digest = self.own.prepared_key().digest(message);
        waiting(|| self.asked(digest)).map_err(|fault| SignError::Sign {
            authority: self.authority.clone(),
            fault: format!("key {} behind {}: {fault}", self.key, self.device.path().display()),
        })
    }
}

/// The first line of a file that nobody else may read.
fn password(path: &Path) -> Result<Zeroizing<String>, SignError> {
    key_file::check_mode(path)?;
    let text = std::fs::read_to_string(path).map_err(|source| SignError::File { path: path.into(), action: "read", source })?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

impl std::fmt::Debug for DeviceSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DeviceSigner")
            .field("authority", &self.authority)
            .field("device", &self.device)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use soft_device::{Fault, SoftDevice};

    use super::*;
    use crate::sign::KeyRing;
    use crate::sign::authority_ca::{create_ca, create_signer};

    const CODE: &str = "11990000000000GX2C";
    const OTHER_CODE: &str = "91990000MAH0TEXT1J";
    const PASSWORD: &str = "password of the key";

    /// A folder of keys in which the signers' keys were taken away into a device.
    struct Hub {
        folder: tempfile::TempDir,
        soft: SoftDevice,
    }

    impl Hub {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let soft = SoftDevice::install(&folder.path().join("device")).unwrap();
            let now = chrono::Utc::now();
            create_ca(folder.path(), "测试根", "p", true, now).unwrap();
            let hub = Self { folder, soft };
            for (index, code) in [(1, CODE), (2, OTHER_CODE)] {
                create_signer(hub.folder.path(), code, "测试机关", "p", now).unwrap();
                let key = hub.file(&format!("{code}.key.pem"));
                let scalar = key_file::read(&key, "p").unwrap().to_bytes();
                hub.soft.put_key(index, &scalar.into(), Some(PASSWORD)).unwrap();
                std::fs::remove_file(key).unwrap();
                hub.settle(code, &format!("library = \"../device/{}\"\nkey = {index}\npassword_file = \"password\"\n", hub.library_name()));
            }
            hub.password(PASSWORD, 0o600);
            hub
        }

        fn file(&self, name: &str) -> PathBuf {
            self.folder.path().join("signers").join(name)
        }

        fn library_name(&self) -> String {
            self.soft.library().file_name().unwrap().to_str().unwrap().to_owned()
        }

        fn settle(&self, code: &str, settings: &str) {
            std::fs::write(self.file(&format!("{code}.sdf.toml")), settings).unwrap();
        }

        fn password(&self, password: &str, mode: u32) {
            std::fs::write(self.file("password"), format!("{password}\n")).unwrap();
            std::fs::set_permissions(self.file("password"), std::fs::Permissions::from_mode(mode)).unwrap();
        }

        fn ring(&self) -> Result<KeyRing, SignError> {
            KeyRing::open(self.folder.path(), "p")
        }

        fn signer(&self) -> Arc<dyn Signer> {
            self.ring().unwrap().signer(CODE).unwrap()
        }
    }

    fn verified(signer: &dyn Signer, message: &[u8]) {
        let own = X509::from_der(&signer.chain()[0]).unwrap();
        own.prepared_key().verify(message, &signer.sign(message).unwrap()).unwrap();
    }

    #[test]
    fn a_key_in_a_device_signs_as_the_key_here_would() {
        let hub = Hub::new();
        let ring = hub.ring().unwrap();
        for code in [CODE, OTHER_CODE] {
            let signer = ring.signer(code).unwrap();
            for message in [&b"message"[..], b"", &[7; 5000]] {
                verified(&*signer, message);
            }
        }
        assert_eq!(hub.soft.count("SDF_OpenDevice").unwrap(), 1, "both keys lie in one device");
        ring.reload().unwrap();
        verified(&*ring.signer(CODE).unwrap(), b"message");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_runtime_goes_on_while_the_device_signs() {
        let hub = Hub::new();
        verified(&*hub.signer(), b"message");
    }

    #[test]
    fn eight_threads_sign_at_once_and_outlive_a_restart_of_the_device() {
        let hub = Hub::new();
        let signer = hub.signer();
        let at_once = |meanwhile: &[Fault]| {
            std::thread::scope(|scope| {
                for thread in 0..8_u8 {
                    let signer = &*signer;
                    scope.spawn(move || (0..20).for_each(|turn| verified(signer, &[thread, turn])));
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
                hub.soft.provoke(meanwhile).unwrap();
            });
        };
        hub.soft.provoke(&[Fault::Slow(1)]).unwrap();
        at_once(&[Fault::Slow(1), Fault::Restarted(1)]);
        assert_eq!(hub.soft.count("SDF_OpenDevice").unwrap(), 2);
        at_once(&[Fault::Slow(1), Fault::Restarted(1), Fault::SessionsLast(5)]);
    }

    #[test]
    fn a_device_that_goes_away_is_told_and_comes_back() {
        let hub = Hub::new();
        let signer = hub.signer();
        hub.soft.provoke(&[Fault::Away]).unwrap();
        let told = signer.sign(b"message").unwrap_err().to_string();
        assert!(told.contains("SDR_COMMFAIL") && told.contains(&hub.library_name()), "{told}");
        hub.soft.provoke(&[Fault::Restarted(1)]).unwrap();
        verified(&*signer, b"message");
    }

    #[test]
    fn a_signature_that_is_wrong_and_a_wrong_password_are_errors() {
        let hub = Hub::new();
        let signer = hub.signer();
        hub.soft.provoke(&[Fault::WrongSignature]).unwrap();
        let told = signer.sign(b"message").unwrap_err().to_string();
        assert!(told.contains("not one of the certificate's key"), "{told}");
        hub.soft.provoke(&[]).unwrap();
        hub.password("another password", 0o600);
        let asked = hub.soft.count("SDF_GetPrivateKeyAccessRight").unwrap();
        let told = hub.signer().sign(b"message").unwrap_err().to_string();
        assert!(told.contains("SDR_PRKRERR") && !told.contains("another password"), "{told}");
        assert_eq!(hub.soft.count("SDF_GetPrivateKeyAccessRight").unwrap(), asked + 1, "a wrong password is tried once");
    }

    #[test]
    fn what_does_not_belong_together_is_refused_at_opening() {
        let hub = Hub::new();
        let library = hub.library_name();
        let told = |settings: &str| {
            hub.settle(CODE, settings);
            hub.ring().unwrap_err().to_string()
        };
        let other = told(&format!("library = \"../device/{library}\"\nkey = 2"));
        assert!(other.contains("key 2") && other.contains("is not the one that") && other.contains(CODE), "{other}");
        assert!(told(&format!("library = \"../device/{library}\"\nkey = 9")).contains("SDR_KEYNOTEXIST"));
        assert!(told("library = \"nothing.so\"\nkey = 1").contains("cannot be opened"));
        for faulty in ["key = 1", "library = \"x\"", "library = \"x\"\nkey = -1", "library = \"x\"\nkey = 1\npassword = \"p\"", "no toml"] {
            hub.settle(CODE, faulty);
            assert!(matches!(hub.ring(), Err(SignError::Settings { .. })), "{faulty}");
        }
        hub.settle(CODE, &format!("library = \"../device/{library}\"\nkey = 1\npassword_file = \"password\""));
        hub.password(PASSWORD, 0o644);
        assert!(matches!(hub.ring(), Err(SignError::Permissions { mode: 0o644, .. })));
        hub.password(PASSWORD, 0o600);
        assert!(hub.ring().is_ok());
        for second in ["remote.toml", "key.pem"] {
            std::fs::write(hub.file(&format!("{CODE}.{second}")), "url = \"http://127.0.0.1:1/\"\nkey = \"one\"\n").unwrap();
            let told = hub.ring().unwrap_err().to_string();
            assert!(told.contains("sdf.toml") && told.contains(second) && told.contains("one key"), "{told}");
            std::fs::remove_file(hub.file(&format!("{CODE}.{second}"))).unwrap();
        }
    }
}
