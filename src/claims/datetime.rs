//! Dates and points in time as .NET has them: days, and ticks of 100 ns.

use std::fmt;

/// A calendar date, written `yyyy-MM-dd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// 1..=9999.
    pub year: i16,
    /// 1..=12.
    pub month: i8,
    /// 1..=31.
    pub day: i8,
}

/// A point in time in UTC: ticks of 100 ns since 0001-01-01T00:00:00Z, written `yyyy-MM-ddTHH:mm:ss.fffffffZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    ticks: i64,
}

/// Ticks in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// Days from 0001-01-01 to 1970-01-01.
const UNIX_EPOCH_DAYS: i64 = 719_162;
/// One past the last tick of 9999-12-31.
const END: i64 = 3_652_059 * SECONDS_PER_DAY * TICKS_PER_SECOND;

impl Date {
    /// The date, if it exists in the Gregorian calendar between years 1 and 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        jiff::civil::Date::new(year, month, day).ok().map(|_| Self { year, month, day })
    }

    /// Reads `yyyy-MM-dd`, nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let number = |from: usize, to: usize| {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i16>().ok()).flatten()
        };
        Self::new(number(0, 4)?, number(5, 7)? as i8, number(8, 10)? as i8)
    }

    /// Days since 0001-01-01.
    fn days(self) -> i64 {
        let date = jiff::civil::Date::new(self.year, self.month, self.day).unwrap_or(jiff::civil::Date::MIN);
        let origin = jiff::civil::date(1, 1, 1);
        i64::from(origin.until(date).map_or(0, |span| span.get_days()))
    }

    /// Midnight UTC.
    pub fn midnight(self) -> DateTime {
        DateTime { ticks: self.days() * SECONDS_PER_DAY * TICKS_PER_SECOND }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl DateTime {
    /// From ticks since 0001-01-01T00:00:00Z; `None` outside the years 1 to 9999.
    pub fn from_ticks(ticks: i64) -> Option<Self> {
        (0..END).contains(&ticks).then_some(Self { ticks })
    }

    /// Ticks of 100 ns since 0001-01-01T00:00:00Z.
    pub fn ticks(self) -> i64 {
        self.ticks
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.ticks.div_euclid(TICKS_PER_SECOND) - UNIX_EPOCH_DAYS * SECONDS_PER_DAY
    }

    /// From seconds since 1970-01-01T00:00:00Z.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        let ticks = seconds.checked_add(UNIX_EPOCH_DAYS * SECONDS_PER_DAY)?.checked_mul(TICKS_PER_SECOND)?;
        Self::from_ticks(ticks)
    }

    /// The calendar date in UTC.
    pub fn date(self) -> Date {
        let days = self.ticks.div_euclid(SECONDS_PER_DAY * TICKS_PER_SECOND) as i32;
        let date = jiff::civil::date(1, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap_or(jiff::civil::Date::MIN);
        Date { year: date.year(), month: date.month(), day: date.day() }
    }

    /// Moves by seconds; `None` when that leaves the calendar.
    pub fn plus_seconds(self, seconds: i64) -> Option<Self> {
        Self::from_ticks(self.ticks.checked_add(seconds.checked_mul(TICKS_PER_SECOND)?)?)
    }

    /// Reads ISO 8601: a date, optionally `T` (or a blank) and a time with up to 7 (more are cut) fraction digits, optionally `Z` or an
    /// offset. Without a zone the text is taken as UTC; a bare date is its midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = Date::parse(text.get(..10)?)?;
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(date.midnight());
        }
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (time, zone) = (rest.get(..zone_at)?, rest.get(zone_at..)?);
        let offset_minutes = match zone {
            "" | "Z" | "z" => 0,
            _ => {
                let sign = if zone.starts_with('-') { -1 } else { 1 };
                let (hours, minutes) = match zone.get(1..)?.split_once(':') {
                    Some(parts) => parts,
                    None => zone.get(1..)?.split_at_checked(2)?,
                };
                sign * (digits(hours, 2)? * 60 + if minutes.is_empty() { 0 } else { digits(minutes, 2)? })
            }
        };
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        let mut parts = clock.split(':');
        let hour = digits(parts.next()?, 2)?;
        let minute = digits(parts.next()?, 2)?;
        let second = parts.next().map_or(Some(0), |part| digits(part, 2))?;
        if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || (time.contains('.') && fraction.is_empty()) {
            return None;
        }
        let mut ticks = 0;
        for place in 0..7 {
            let digit = fraction.as_bytes().get(place).copied().unwrap_or(b'0');
            ticks = ticks * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
        }
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds = hour * 3600 + minute * 60 + second - offset_minutes * 60;
        Self::from_ticks(date.midnight().ticks + seconds * TICKS_PER_SECOND + ticks)
    }
}

/// Exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.ticks.div_euclid(TICKS_PER_SECOND).rem_euclid(SECONDS_PER_DAY);
        let fraction = self.ticks.rem_euclid(TICKS_PER_SECOND);
        write!(f, "{}T{:02}:{:02}:{:02}.{:07}Z", self.date(), seconds / 3600, seconds / 60 % 60, seconds % 60, fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_times_are_read_and_written_as_dot_net_does() {
        for (text, printed) in [
            ("2022-01-14T11:40:35.0000000Z", "2022-01-14T11:40:35.0000000Z"),
            ("2022-01-01T00:00:00.100000Z", "2022-01-01T00:00:00.1000000Z"),
            ("2021-11-15T00:00:00", "2021-11-15T00:00:00.0000000Z"),
            ("2021-11-15", "2021-11-15T00:00:00.0000000Z"),
            ("2021-11-15T01:00:00+02:00", "2021-11-14T23:00:00.0000000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
        ] {
            assert_eq!(DateTime::parse(text).unwrap().to_string(), printed);
        }
        for text in ["", "2021-02-30", "2021-11-15T25:00:00", "2021-11-15T1:00", "2021-11-15Tx", "0001-01-01T00:00:00+01:00", "é021-11-15"]
        {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn unix_seconds_go_both_ways() {
        let time = DateTime::parse("2026-01-01T00:00:00Z").unwrap();
        assert_eq!(time.unix_seconds(), 1_767_225_600);
        assert_eq!(DateTime::from_unix_seconds(1_767_225_600), Some(time));
    }
}
