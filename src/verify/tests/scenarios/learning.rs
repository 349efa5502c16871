//! Signers that were learnt: what was found out once must not outlive what it was found out from.

use verify::{
    Input, Policy, Trust,
    chain::{ChainOutcome, MAX_LENGTH},
    report::Outcome,
    verify,
};

use super::authority::{Draft, ISSUER, MIDDLE_KEY, ROOT_KEY, World, key, name, now, statement};

#[test]
fn a_chain_that_was_learnt_is_still_asked_for_its_term() {
    let world = World::new();
    let trust = world.trust();
    trust.learn(&world.path());
    assert_eq!(trust.known(), 1);
    let chain = trust.chain(&world.path());
    assert!(matches!(chain.outcome(now()), ChainOutcome::Trusted { .. }));
    assert!(matches!(chain.outcome("2041-01-01T00:00:00Z".parse().unwrap()), ChainOutcome::OutOfBounds { .. }));
    let envelope = world.envelope(&statement("20260000001"), &[]);
    let report = verify(&Input::of(&envelope), &trust, &Policy::default(), "2041-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(report.outcome("signer-chain"), Some(Outcome::Unknown));
}

#[test]
fn a_chain_is_followed_anew_when_the_roots_change() {
    let world = World::new();
    let mut trust = world.trust();
    trust.learn(&world.path());
    let anchors = std::mem::take(&mut trust.anchors);
    assert_eq!(trust.chain(&world.path()).outcome(now()), ChainOutcome::NoTrustedRoot);
    // Learnt without a root, it is not trusted less once there is one.
    trust.learn(&world.path());
    trust.anchors = anchors;
    assert!(matches!(trust.chain(&world.path()).outcome(now()), ChainOutcome::Trusted { .. }));
}

#[test]
fn another_chain_is_not_taken_for_the_one_that_was_learnt() {
    let world = World::new();
    let trust = world.trust();
    trust.learn(&world.path());
    let mut path = world.path();
    path[0] = World::signer_of(&world.middle_name, "91990000MAH0TEXT1J");
    assert_eq!(trust.chain(&path).signer().and_then(|signer| signer.organisation_code()).as_deref(), Some("91990000MAH0TEXT1J"));
    // The same names and keys, but signed by nobody who may.
    let forged = Draft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name).sign(&key(9), &key(ROOT_KEY));
    path[0] = forged;
    assert_eq!(trust.chain(&path).outcome(now()), ChainOutcome::Broken { place: 0, fault: "SIGNATURE" });
}

#[test]
fn what_is_broken_is_not_learnt() {
    let world = World::new();
    let trust = world.trust();
    let foreign = Draft::ca(&world.middle_name, &world.root_name).sign(&key(MIDDLE_KEY), &key(MIDDLE_KEY));
    for path in [vec![], vec![vec![0x30]], vec![world.signer.clone(), foreign], vec![world.signer.clone(); MAX_LENGTH + 1]] {
        trust.learn(&path);
        assert_eq!(trust.known(), 0);
        let fresh = Trust::from_der(&[&world.root]).unwrap();
        assert_eq!(trust.chain(&path).outcome(now()), fresh.chain(&path).outcome(now()));
    }
}
