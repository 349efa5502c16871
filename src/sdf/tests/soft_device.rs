//! The device of `soft/`, a shared library like a vendor's, asked through this package.

use std::time::Duration;

use sdf::{Code, Device, Fault as Answered, MAX_SESSIONS, SdfError};
use sm2::dsa::signature::hazmat::PrehashVerifier as _;
use sm2::dsa::{Signature, SigningKey};
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use soft_device::{Fault, SoftDevice};

const KEY: u32 = 3;
const OPEN_KEY: u32 = 4;
const PASSWORD: &[u8] = b"password of 3";
const SIGN: &str = "SDF_InternalSign_ECC";
const GET_RIGHT: &str = "SDF_GetPrivateKeyAccessRight";

struct Bench {
    soft: SoftDevice,
    device: Device,
    _folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let soft = SoftDevice::install(folder.path()).unwrap();
    soft.put_key(KEY, &[7; 32], Some("password of 3")).unwrap();
    soft.put_key(OPEN_KEY, &[8; 32], None).unwrap();
    let device = Device::open(&soft.library()).unwrap();
    Bench { soft, device, _folder: folder }
}

fn signing_key(byte: u8) -> SigningKey {
    SigningKey::from_slice("1234567812345678", &[byte; 32]).unwrap()
}

impl Bench {
    /// Signs with the key under a password and verifies with its public key.
    fn sign(&self, digest: [u8; 32]) -> Result<(), SdfError> {
        let signed = self.device.sign(KEY, Some(PASSWORD), digest)?;
        let signature = Signature::from_bytes(&[signed.r, signed.s].concat().try_into().unwrap()).unwrap();
        signing_key(7).verifying_key().verify_prehash(&digest, &signature).unwrap();
        Ok(())
    }
}

fn code(outcome: Result<impl std::fmt::Debug, SdfError>) -> Code {
    match outcome.unwrap_err() {
        SdfError::Refused { code, .. } => code,
        other => panic!("{other}"),
    }
}

#[test]
fn a_key_in_the_device_signs() {
    let bench = bench();
    for byte in 0..20 {
        bench.sign([byte; 32]).unwrap();
    }
    let point = signing_key(7).verifying_key().as_affine().to_sec1_point(false);
    assert_eq!(bench.device.public_key(KEY).unwrap(), point.as_bytes());
    assert!(bench.device.sign(OPEN_KEY, None, [1; 32]).is_ok(), "a key without a password needs none");
    let info = bench.device.info().unwrap().unwrap();
    assert_eq!((&*info.issuer, &*info.name, &*info.serial), ("zhengzhao", "soft-device", "TEST-1"));
    assert_eq!(bench.soft.count("SDF_OpenSession").unwrap(), 1, "one after the other needs one session");
    assert_eq!(bench.soft.count("SDF_ReleasePrivateKeyAccessRight").unwrap(), 20, "the right is given back each time");
    assert_eq!(code(bench.device.sign(KEY, None, [1; 32])), Code::PermissionDenied, "and nobody has it afterwards");
}

#[test]
fn a_wrong_password_is_tried_once_and_a_missing_key_is_told() {
    let bench = bench();
    assert_eq!(code(bench.device.sign(KEY, Some(b"another password"), [1; 32])), Code::PrivateKeyRight);
    assert_eq!(bench.soft.count(GET_RIGHT).unwrap(), 1);
    assert_eq!(bench.soft.count(SIGN).unwrap(), 0);
    assert_eq!(code(bench.device.sign(KEY, Some(b"short"), [1; 32])), Code::InputArgument);
    assert_eq!(code(bench.device.sign(9, Some(PASSWORD), [1; 32])), Code::KeyNotExist);
    assert_eq!(code(bench.device.public_key(9)), Code::KeyNotExist);
    bench.sign([1; 32]).unwrap();
}

#[test]
fn lost_sessions_and_devices_are_opened_anew_once() {
    let bench = bench();
    bench.sign([1; 32]).unwrap();
    bench.soft.provoke(&[Fault::SessionsLost(1)]).unwrap();
    bench.sign([2; 32]).unwrap();
    assert_eq!(bench.soft.count("SDF_OpenDevice").unwrap(), 1, "the device still gives sessions");
    bench.soft.provoke(&[Fault::SessionsLost(1), Fault::Restarted(1)]).unwrap();
    bench.sign([3; 32]).unwrap();
    assert_eq!(bench.soft.count("SDF_OpenDevice").unwrap(), 2);
    assert_eq!(bench.soft.count("SDF_CloseDevice").unwrap(), 1, "the old connection is closed");
    assert!(bench.soft.calls().unwrap().contains(&"SDF_CloseDevice 00000000".to_owned()), "after its last session");
    bench.soft.provoke(&[Fault::SessionsLost(1), Fault::Restarted(1), Fault::SessionsLast(3)]).unwrap();
    for byte in 0..20 {
        bench.sign([byte; 32]).unwrap();
    }
}

#[test]
fn a_device_that_is_away_is_asked_twice_and_comes_back() {
    let bench = bench();
    bench.sign([1; 32]).unwrap();
    bench.soft.provoke(&[Fault::Away]).unwrap();
    for _ in 0..3 {
        let error = bench.device.sign(KEY, Some(PASSWORD), [1; 32]).unwrap_err();
        assert!(error.is_lost(), "{error}");
    }
    assert_eq!(bench.soft.count(GET_RIGHT).unwrap(), 2, "no session, no call");
    bench.soft.provoke(&[]).unwrap();
    bench.sign([2; 32]).unwrap();
    bench.soft.provoke(&[Fault::Returns(0x0102_0304)]).unwrap();
    let error = bench.device.sign(KEY, Some(PASSWORD), [1; 32]).unwrap_err();
    assert!(error.to_string().contains("0x01020304") && error.chinese().contains("厂商"), "{error}");
    bench.soft.provoke(&[]).unwrap();
    bench.sign([3; 32]).unwrap();
}

#[test]
fn what_the_library_gives_is_checked() {
    let bench = bench();
    let both = |fault: Fault, expected: Answered| {
        bench.soft.provoke(&[fault]).unwrap();
        for outcome in [bench.device.sign(KEY, Some(PASSWORD), [1; 32]).map(drop), bench.device.public_key(KEY).map(drop)] {
            match outcome.unwrap_err() {
                // Nothing written is no bits first of all.
                SdfError::Answer { what, .. } => assert!(what == expected || what == Answered::Bits(0), "{fault:?}: {what}"),
                other => panic!("{fault:?}: {other}"),
            }
        }
    };
    both(Fault::LeftAligned, Answered::Alignment);
    both(Fault::WritesBeyond, Answered::Beyond);
    both(Fault::WritesNothing, Answered::Empty);
    bench.soft.provoke(&[Fault::WritesBeyond]).unwrap();
    assert!(matches!(bench.device.info(), Err(SdfError::Answer { what: Answered::Beyond, .. })));
    for bits in [0, 255, 512, u32::MAX] {
        bench.soft.provoke(&[Fault::Bits(bits)]).unwrap();
        let error = bench.device.public_key(KEY).unwrap_err();
        assert!(matches!(error, SdfError::Answer { what: Answered::Bits(told), .. } if told == bits), "{error}");
    }
    bench.soft.provoke(&[]).unwrap();
    bench.sign([1; 32]).unwrap();
}

/// The soft device answers SDR_STEPERR to whoever uses a session that is at work.
#[test]
fn threads_never_share_a_session_and_there_are_few() {
    let bench = bench();
    bench.soft.provoke(&[Fault::Slow(2)]).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..3 * MAX_SESSIONS {
            let bench = &bench;
            scope.spawn(move || (0..10).for_each(|turn| bench.sign([u8::try_from(thread * 10 + turn).unwrap(); 32]).unwrap()));
        }
    });
    let opened = bench.soft.count("SDF_OpenSession").unwrap();
    assert!((2..=MAX_SESSIONS).contains(&opened), "{opened}");
}

#[test]
fn threads_outlive_a_restart() {
    let bench = bench();
    bench.soft.provoke(&[Fault::Slow(1)]).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let bench = &bench;
            scope.spawn(move || (0..40).for_each(|turn| bench.sign([thread * 30 + turn % 30; 32]).unwrap()));
        }
        std::thread::sleep(Duration::from_millis(20));
        bench.soft.provoke(&[Fault::Slow(1), Fault::Restarted(1)]).unwrap();
    });
    assert_eq!(bench.soft.count("SDF_OpenDevice").unwrap(), 2, "one of them opened the device anew, for all");
}

#[test]
fn a_right_that_is_not_given_back_ends_with_its_session() {
    let bench = bench();
    bench.soft.provoke(&[Fault::KeepsRights]).unwrap();
    bench.sign([1; 32]).unwrap();
    assert_eq!(code(bench.device.sign(KEY, None, [1; 32])), Code::PermissionDenied);
}

#[test]
fn other_libraries_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing.so");
    assert!(matches!(Device::open(&nothing), Err(SdfError::Library { .. })));
    std::fs::write(&nothing, b"no library").unwrap();
    let error = Device::open(&nothing).unwrap_err();
    assert!(error.to_string().contains("nothing.so") && error.chinese().contains("无法打开"), "{error}");
    // A library of the system, in every process.
    assert!(matches!(Device::open("libc.so.6".as_ref()), Err(SdfError::Function { name: "SDF_OpenDevice", .. })));
    let soft = SoftDevice::install(folder.path()).unwrap();
    soft.provoke(&[Fault::Away]).unwrap();
    assert_eq!(code(Device::open(&soft.library())), Code::Communication);
}

#[test]
fn two_devices_in_one_process_are_two() {
    let (one, two) = (bench(), bench());
    one.soft.provoke(&[Fault::Away]).unwrap();
    assert!(one.sign([1; 32]).is_err());
    two.sign([1; 32]).unwrap();
    let again = Device::open(&two.soft.library()).unwrap();
    drop(two.device);
    again.sign(KEY, Some(PASSWORD), [1; 32]).unwrap();
}
