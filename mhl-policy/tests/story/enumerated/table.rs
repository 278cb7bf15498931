//! The rules as a plain table, written from their text alone and sharing nothing with the crate: what
//! a roll is, what each copy is, what people attested, and whether a wipe is cleared.

/// No, unknown, yes: in this order, so that "and" is the least and "or" the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    No,
    Unknown,
    Yes,
}
pub(super) use Answer::{No, Unknown, Yes};

fn all<const N: usize>(answers: [Answer; N]) -> Answer {
    answers.into_iter().min().unwrap_or(Yes)
}

fn any<const N: usize>(answers: [Answer; N]) -> Answer {
    answers.into_iter().max().unwrap_or(No)
}

fn sure(holds: bool) -> Answer {
    if holds { Yes } else { No }
}

/// At least so many, where some are sure and some are possible.
fn reaches(needed: usize, sure: usize, possible: usize) -> Answer {
    match (sure >= needed, possible >= needed) {
        (true, _) => Yes,
        (_, true) => Unknown,
        _ => No,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approval {
    Missing,
    Given,
    Expired,
    /// It does not say until when.
    Timeless,
    ForAnotherRoll,
    ForAnotherUse,
    /// By one whose word does not count.
    BySomebody,
}

impl Approval {
    pub(super) const ALL: [Approval; 7] = [
        Approval::Missing,
        Approval::Given,
        Approval::Expired,
        Approval::Timeless,
        Approval::ForAnotherRoll,
        Approval::ForAnotherUse,
        Approval::BySomebody,
    ];

    fn holds(self) -> Answer {
        match self {
            Approval::Given => Yes,
            Approval::Timeless => Unknown,
            _ => No,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    Capture,
    Raid(Option<&'static str>),
    Lto(Option<u32>, Option<&'static str>),
    Hub(Approval),
    Single,
    /// Of a kind that nobody knows.
    Strange,
    /// Recorded, and nobody said as what.
    Kindless,
    Unrecorded,
}

impl Medium {
    pub(super) fn all() -> Vec<Medium> {
        let levels =
            [None, Some("0"), Some("1"), Some("5"), Some("6"), Some("10"), Some("50"), Some("Z2")];
        let generations = [None, Some(5), Some(6), Some(7), Some(8), Some(9)];
        let systems = [None, Some("ltfs"), Some("tar")];
        let mut media = vec![Medium::Capture, Medium::Single, Medium::Strange];
        media.extend([Medium::Kindless, Medium::Unrecorded]);
        media.extend(levels.map(Medium::Raid));
        media.extend(generations.into_iter().flat_map(|g| systems.map(|s| Medium::Lto(g, s))));
        media.extend(Approval::ALL.map(Medium::Hub));
        media
    }

    fn counts(self) -> Answer {
        match self {
            Medium::Capture => Yes,
            Medium::Raid(None) => Unknown,
            Medium::Raid(Some("5" | "6" | "10" | "50" | "60")) => Yes,
            Medium::Raid(Some(_)) => No,
            Medium::Lto(Some(generation), _) if !(6..=8).contains(&generation) => No,
            Medium::Lto(_, Some(system)) if system != "ltfs" => No,
            Medium::Lto(Some(_), Some(_)) => Yes,
            Medium::Lto(..) => Unknown,
            Medium::Hub(approval) => approval.holds(),
            Medium::Single => No,
            Medium::Strange | Medium::Kindless | Medium::Unrecorded => Unknown,
        }
    }

    /// Two cards are one type, LTO-6 and LTO-8 are one type.
    fn class(self) -> Option<u8> {
        match self {
            Medium::Capture => Some(0),
            Medium::Raid(_) => Some(1),
            Medium::Lto(..) => Some(2),
            Medium::Hub(_) => Some(3),
            Medium::Single => Some(4),
            Medium::Strange | Medium::Kindless | Medium::Unrecorded => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// Nobody said.
    Nowhere,
    /// At a place of which nobody recorded anything.
    UnrecordedPlace,
    /// Site, where it is recorded, and threat zone, where there is one.
    At(Option<&'static str>, Option<&'static str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    NeverMoved,
    InPlace,
    InTransit,
    Offline,
    Lost,
    Failed,
    Retired,
}

impl Condition {
    pub(super) const ALL: [Condition; 7] = [
        Condition::NeverMoved,
        Condition::InPlace,
        Condition::InTransit,
        Condition::Offline,
        Condition::Lost,
        Condition::Failed,
        Condition::Retired,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    /// 1 to 7; none where nothing was read back.
    pub(super) grade: Option<u8>,
    pub(super) digest: Option<&'static str>,
    /// Lists at the copy's root.
    pub(super) lists: u32,
    pub(super) complete: bool,
    pub(super) verified: bool,
}

pub(super) const GOOD: Evidence =
    Evidence { grade: Some(6), digest: Some("xxh64be"), lists: 1, complete: true, verified: true };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) medium: Medium,
    pub(super) place: Where,
    pub(super) condition: Condition,
    pub(super) evidence: Evidence,
}

impl Copy {
    /// R4 and C1 to C3 are filters; so are the media that count and the conditions.
    fn counts(&self) -> Answer {
        let Evidence { grade, digest, lists, complete, verified } = self.evidence;
        let condition = match (self.condition, self.medium) {
            (Condition::Lost | Condition::Failed | Condition::Retired, _) => No,
            (Condition::Offline, Medium::Lto(..)) => Yes,
            (Condition::Offline, _) => Unknown,
            _ => Yes,
        };
        let digest = match digest {
            None => Unknown,
            Some("md5" | "xxh64be") => Yes,
            Some(_) => No,
        };
        let grade = sure(grade.is_some_and(|grade| grade >= 6));
        let list = sure(lists == 1);
        all([self.medium.counts(), condition, digest, grade, list, sure(complete), sure(verified)])
    }

    /// Whether another copy, on another medium, stands at another site. `zoned`: some site has a
    /// threat zone.
    fn apart(&self, other: &Copy, zoned: bool) -> Answer {
        if [self, other].iter().any(|copy| copy.condition == Condition::InTransit) {
            return No;
        }
        let (Where::At(site_a, zone_a), Where::At(site_b, zone_b)) = (self.place, other.place)
        else {
            return Unknown;
        };
        let differ = |a: Option<&str>, b: Option<&str>| match (a, b) {
            (Some(a), Some(b)) => sure(a != b),
            _ => Unknown,
        };
        // One place is at one site.
        let sites = if self.place == other.place { No } else { differ(site_a, site_b) };
        if zoned { all([sites, differ(zone_a, zone_b)]) } else { sites }
    }
}

/// R1, or T2: three copies, each on a medium of its own.
fn copies(copies: &[Copy]) -> Answer {
    let count = |least| copies.iter().filter(|copy| copy.counts() >= least).count();
    reaches(3, count(Yes), count(Unknown))
}

/// R2: two types of media.
fn types(copies: &[Copy]) -> Answer {
    let classes = |least| {
        let mut classes = [false; 5];
        let counting = copies.iter().filter(|copy| copy.counts() >= least);
        counting
            .filter_map(|copy| copy.medium.class())
            .for_each(|c| classes[usize::from(c)] = true);
        classes.iter().filter(|class| **class).count()
    };
    let strange = copies.iter().filter(|c| c.counts() >= Unknown && c.medium.class().is_none());
    reaches(2, classes(Yes), classes(Unknown) + strange.count())
}

/// R3: two counting copies at different sites.
fn elsewhere(copies: &[Copy], zoned: bool) -> Answer {
    let mut best = No;
    for (at, one) in copies.iter().enumerate() {
        for other in &copies[at + 1..] {
            best = best.max(all([one.counts(), other.counts(), one.apart(other, zoned)]));
        }
    }
    best
}

pub(super) fn redundant(of: &[Copy], zoned: bool) -> Answer {
    all([copies(of), types(of), elsewhere(of, zoned)])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Unsaid,
    Temporary,
    Backup,
    Final,
}

/// F1: LTO that counts, a hub with its approval, a RAID in the role final with one for that.
fn archive(medium: Medium, role: Role, approval: Approval) -> Answer {
    match medium {
        Medium::Lto(..) => Yes,
        Medium::Hub(approval) => approval.holds(),
        Medium::Raid(_) => {
            let role = match role {
                Role::Final => Yes,
                Role::Unsaid => Unknown,
                Role::Temporary | Role::Backup => No,
            };
            all([role, approval.holds()])
        }
        Medium::Capture | Medium::Single => No,
        Medium::Strange | Medium::Kindless | Medium::Unrecorded => Unknown,
    }
}

/// T1 to T3: of the copies that are left, each with its role and its approval as a final RAID.
pub(super) fn storage(inspected: Answer, left: &[(Copy, Role, Approval)]) -> Answer {
    let only: Vec<Copy> = left.iter().map(|(copy, ..)| *copy).collect();
    let archived = left
        .iter()
        .map(|(copy, role, approval)| all([copy.counts(), archive(copy.medium, *role, *approval)]));
    all([inspected, copies(&only), archived.max().unwrap_or(No)])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inspection {
    None,
    Good,
    WithoutScript,
    WithoutCameraReports,
    SoundReport,
    TransferAlone,
    HalfTheFiles,
    NoResult,
    ReportsUnsaid,
    /// Each of two covers one half.
    InHalves,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qc {
    None,
    Good,
    TooLow,
    Uncontrolled,
    Uncalibrated,
    NoColour,
    FromTheCard,
    WidthUnsaid,
    FromAnUnverifiedCopy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evaluation {
    None,
    Good,
    ByTheLab,
    BySomebody,
    WithoutTheLabReport,
    NotAllReceived,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    None,
    ByTheLab,
    ByEditorial,
    ByTheDit,
    BySomebody,
    WithoutTheLabReport,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Final {
    None,
    Editorial,
    Dit,
    Somebody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Issue {
    None,
    Open,
    Resolved,
}

/// What is known of a roll besides its copies. `None` is unknown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    pub(super) scripted: Option<bool>,
    pub(super) camera: Option<bool>,
    pub(super) inspection: Inspection,
    pub(super) qc: Qc,
    pub(super) evaluation: Evaluation,
    pub(super) check: Check,
    pub(super) last: Final,
    pub(super) issue: Issue,
}

impl Looks {
    /// W1, and V1 within it.
    pub(super) fn w1(&self) -> Answer {
        let Some(camera) = self.camera else { return Unknown };
        let (reports, script) = match self.inspection {
            Inspection::None | Inspection::TransferAlone | Inspection::HalfTheFiles => return No,
            Inspection::Good | Inspection::InHalves => (sure(camera), Yes),
            Inspection::WithoutScript => (sure(camera), No),
            Inspection::WithoutCameraReports => (No, Yes),
            Inspection::SoundReport => (sure(!camera), No),
            Inspection::NoResult => (if camera { Unknown } else { No }, Yes),
            Inspection::ReportsUnsaid => (Unknown, Unknown),
        };
        let script = match (camera, self.scripted) {
            (false, _) | (_, Some(false)) => Yes,
            (true, Some(true)) => script,
            (true, None) => any([script, Unknown]),
        };
        all([reports, script])
    }

    /// T1: plain V1.
    pub(super) fn v1(&self) -> Answer {
        match self.inspection {
            Inspection::None | Inspection::TransferAlone | Inspection::HalfTheFiles => No,
            Inspection::NoResult => Unknown,
            _ => Yes,
        }
    }

    fn q1(&self) -> Answer {
        match self.qc {
            Qc::Good | Qc::NoColour => Yes,
            Qc::WidthUnsaid => Unknown,
            _ => No,
        }
    }

    fn e1(&self) -> Answer {
        match self.evaluation {
            Evaluation::Good => Yes,
            Evaluation::BySomebody => Unknown,
            _ => No,
        }
    }

    fn w3(&self) -> Answer {
        let seen = match self.camera {
            Some(true) => all([self.q1(), self.e1()]),
            Some(false) => Yes,
            None => any([all([self.q1(), self.e1()]), Unknown]),
        };
        let accounted = sure(!matches!(self.check, Check::None | Check::WithoutTheLabReport));
        all([seen, accounted])
    }

    fn w4(&self) -> Answer {
        let last = match self.last {
            Final::Editorial => Yes,
            Final::Somebody => Unknown,
            Final::None | Final::Dit => No,
        };
        let check = match self.check {
            Check::ByTheLab | Check::ByEditorial => Yes,
            Check::BySomebody => Unknown,
            Check::None | Check::ByTheDit | Check::WithoutTheLabReport => No,
        };
        any([last, check])
    }

    /// Asked of scripted work alone.
    fn if_scripted(&self, answer: Answer) -> Answer {
        match self.scripted {
            Some(true) => answer,
            Some(false) => Yes,
            None => any([answer, Unknown]),
        }
    }

    /// Everything that a card's wipe asks besides W2.
    pub(super) fn suffice(&self) -> Answer {
        let (w3, w4) = (self.if_scripted(self.w3()), self.if_scripted(self.w4()));
        all([self.w1(), w3, w4, self.no_issue()])
    }

    pub(super) fn no_issue(&self) -> Answer {
        sure(self.issue != Issue::Open)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Unsaid,
    None,
    /// To a roll that holds.
    Safe,
    /// To a roll that has no copies that count.
    Unsafe,
    /// To a roll that nobody recorded.
    Unrecorded,
    /// Nothing said here, and a roll that holds names this one.
    SaidThere,
}

pub(super) fn links(links: Links) -> Answer {
    match links {
        Links::None | Links::Safe | Links::SaidThere => Yes,
        Links::Unsafe => No,
        Links::Unsaid | Links::Unrecorded => Unknown,
    }
}
