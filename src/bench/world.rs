//! Who holds what: a pure function of a seed and a number of certificates.
//!
//! The world consists of equal cells: 48 enterprises, the first with 160 people and the last with four (a tail after Zipf),
//! people with about three certificates each, and licences. Certificate `t` in the order of time stands at place
//! `(a·t + b) mod n` of the cells, so that what belongs together is spread over all the years. Its ids are a function of `t`.

mod cell;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

pub use cell::{CATEGORIES, Holder, Place, TYPES};

use crate::demo::people;
use cell::Cell;

/// The type of W1 to W4.
pub const OFFICER: usize = 0;
/// Over how many days the certificates came to this hub.
const DAYS: u64 = 300;

#[derive(Debug, Clone)]
pub struct World {
    pub seed: u64,
    pub certificates: u64,
    /// The day it was made for: nothing is issued after it.
    pub day: NaiveDate,
    pub authorities: u64,
    cell: Cell,
    step: u64,
    back: u64,
    offset: u64,
}

/// What the three ids of a certificate are for.
#[derive(Debug, Clone, Copy)]
pub enum IdOf {
    Version,
    Record,
    Event,
    Change,
}

/// One certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// Its place in time.
    pub t: u64,
    pub place: Place,
    cell: u64,
}

impl World {
    pub fn new(seed: u64, certificates: u64, day: NaiveDate) -> Self {
        let certificates = certificates.max(1);
        // About the golden ratio, and without a factor in common with the number.
        let golden = u64::try_from(u128::from(certificates) * 618_033_988 / 1_000_000_000).unwrap_or(1).max(1);
        let step = (golden..).find(|step| common(*step, certificates) == 1).unwrap_or(1);
        Self {
            seed,
            certificates,
            day,
            authorities: (certificates / 5000 + 6).min(300),
            cell: Cell::new(seed),
            step,
            back: inverse(step, certificates),
            offset: mix(seed) % certificates,
        }
    }

    /// The certificate at `t`, below [`Self::certificates`].
    pub fn at(&self, t: u64) -> Certificate {
        let n = u128::from(self.certificates);
        let rank = (u128::from(t) * u128::from(self.step) + u128::from(self.offset)) % n;
        let rank = u64::try_from(rank).unwrap_or_default();
        Certificate { t, cell: rank / self.cell.size(), place: self.cell.place(rank % self.cell.size()) }
    }

    /// A certificate of a safety officer that the world does not have: of the person `number` beyond it.
    pub fn beyond(&self, number: u64) -> Certificate {
        let persons = (self.certificates / self.cell.size() + 1) * self.cell.persons;
        let employer = mix(number) % self.cell.firms;
        let place = Place { ty: OFFICER, holder: Holder::Person(persons + number), employer, category: 0 };
        Certificate { t: self.certificates + number, place, cell: 0 }
    }

    fn of_rank(&self, rank: u64) -> Option<Certificate> {
        (rank < self.certificates).then(|| {
            let n = u128::from(self.certificates);
            let from = u128::from(rank) + n - u128::from(self.offset);
            self.at(u64::try_from(from % n * u128::from(self.back) % n).unwrap_or_default())
        })
    }

    /// The id of this version and of what belongs to it: in the order of `t`.
    pub fn id(&self, t: u64, of: IdOf) -> Uuid {
        let millis = u64::try_from(self.instant(t).timestamp_millis()).unwrap_or_default();
        let (one, two) = (mix(self.seed ^ mix(t * 4 + of as u64)), mix(t ^ mix(self.seed + 1 + of as u64)));
        uuid::Builder::from_unix_timestamp_millis(millis, &ten(one, two)).into_uuid()
    }

    /// When it came to this hub.
    pub fn instant(&self, t: u64) -> DateTime<Utc> {
        let first = self.day.checked_sub_days(Days::new(DAYS)).unwrap_or(self.day).and_time(chrono::NaiveTime::MIN).and_utc();
        let micros = u128::from(t) * u128::from(DAYS * 86_400_000_000) / u128::from(self.certificates);
        first + chrono::TimeDelta::microseconds(i64::try_from(micros).unwrap_or_default())
    }

    /// Random choices of one certificate, the same every time.
    pub fn chance(&self, t: u64) -> StdRng {
        StdRng::seed_from_u64(mix(self.seed ^ t.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// One of a type, by chance; None where there is none.
    pub fn pick(&self, ty: usize, chance: &mut StdRng) -> Option<Certificate> {
        (0..10_000).map(|_| self.at(chance.random_range(0..self.certificates))).find(|found| found.place.ty == ty)
    }

    /// The index of the holder among all persons, or among all firms.
    pub fn holder(&self, of: Certificate) -> u64 {
        match of.place.holder {
            Holder::Person(number) => of.cell * self.cell.persons + number,
            Holder::Firm(number) => of.cell * self.cell.firms + number,
            Holder::Other(number) => of.cell * self.cell.others + number,
        }
    }

    /// The index of the employer among all firms.
    pub fn employer(&self, of: Certificate) -> u64 {
        of.cell * self.cell.firms + of.place.employer
    }

    /// The person who holds it.
    pub(crate) fn person(&self, of: Certificate) -> people::Person {
        people::person(self.holder(of))
    }

    /// Index of its issuer: the first authorities issue more than the last.
    pub fn issuer(&self, t: u64) -> u64 {
        let uniform = mix(self.seed ^ mix(t).rotate_left(17)) % 1_000_000;
        let share = f64::from(u32::try_from(uniform).unwrap_or_default()) / 1e6;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of authorities")]
        let index = (share.powf(1.6) * f64::from(u32::try_from(self.authorities).unwrap_or(u32::MAX))) as u64;
        index.min(self.authorities - 1)
    }

    /// Every certificate of this one's type that its holder has, itself among them.
    pub fn of_holder(&self, of: Certificate) -> Vec<Certificate> {
        self.alike(of, |place| place.ty == of.place.ty && place.holder == of.place.holder)
    }

    /// How many certificates of enterprises the employer has.
    pub fn of_employer(&self, of: Certificate) -> Vec<Certificate> {
        self.alike(of, |place| cell::EMPLOYERS.contains(&place.ty) && place.holder == Holder::Firm(of.place.employer))
    }

    fn alike(&self, of: Certificate, which: impl Fn(&Place) -> bool) -> Vec<Certificate> {
        let first = of.cell * self.cell.size();
        let places = (0..self.cell.size()).filter(|place| which(&self.cell.place(*place)));
        places.filter_map(|place| self.of_rank(first + place)).collect()
    }

    /// Types with how many certificates of them a cell has.
    pub fn shares(&self) -> Vec<(&'static str, usize)> {
        let count = |ty| (0..self.cell.size()).filter(|place| self.cell.place(*place).ty == ty).count();
        TYPES.iter().enumerate().map(|(ty, name)| (*name, count(ty))).collect()
    }
}

/// SplitMix64.
pub(super) fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

fn ten(one: u64, two: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&one.to_be_bytes());
    bytes[8..].copy_from_slice(&two.to_be_bytes()[..2]);
    bytes
}

fn common(mut one: u64, mut other: u64) -> u64 {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// The number that takes `step` back modulo `n`.
fn inverse(step: u64, n: u64) -> u64 {
    let (mut before, mut now) = ((i128::from(n), 0i128), (i128::from(step % n.max(1)), 1i128));
    while now.0 > 0 {
        let times = before.0 / now.0;
        (before, now) = (now, (before.0 - times * now.0, before.1 - times * now.1));
    }
    u64::try_from(before.1.rem_euclid(i128::from(n.max(1)))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn world(certificates: u64) -> World {
        World::new(7, certificates, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap())
    }

    #[test]
    fn every_place_is_taken_once_and_found_again() {
        for count in [1, 2, 999, 2000, 10_000] {
            let world = world(count);
            let mut seen = BTreeSet::new();
            for t in 0..count {
                let one = world.at(t);
                assert!(seen.insert((one.cell, one.place)), "{count}: {t}");
                assert!(world.of_holder(one).contains(&one), "{count}: {t}");
            }
        }
    }

    #[test]
    fn ids_go_up_with_time_and_differ() {
        let world = world(5000);
        let ids: Vec<Uuid> = (0..5000).map(|t| world.id(t, IdOf::Version)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!((0..5000).all(|t| world.id(t, IdOf::Record) != ids[usize::try_from(t).unwrap()]));
    }

    #[test]
    fn a_holder_has_a_category_once_and_one_employer() {
        let world = world(20_000);
        let mut held: BTreeMap<u64, Vec<Certificate>> = BTreeMap::new();
        for one in (0..20_000).map(|t| world.at(t)).filter(|one| one.place.ty == OFFICER) {
            held.entry(world.holder(one)).or_default().push(one);
        }
        for list in held.values() {
            let categories: BTreeSet<_> = list.iter().map(|one| one.place.category).collect();
            assert_eq!(categories.len(), list.len());
            assert!(list.iter().all(|one| world.employer(*one) == world.employer(list[0])));
        }
        let officers: usize = held.values().map(Vec::len).sum();
        assert!(officers > 10_000, "{officers} of 20,000");
        let average = officers / held.len();
        assert!((2..=3).contains(&average), "{average} a holder");
    }
}
