//! What .NET knows of a language: its Windows id and the region that stands for it.

/// A language of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Culture {
    /// For example `en`.
    pub(super) language: String,
    /// For example `US`, where there is one.
    pub(super) region: Option<String>,
    /// For example `en-US`.
    pub(super) tag: String,
    /// For example 1033.
    pub(super) lcid: u32,
}

/// What .NET gives a culture that Windows has no id for.
const UNSPECIFIED: u32 = 4096;

/// Language, region and Windows id; the first of a language stands for the language alone. Source: MS-LCID.
const CULTURES: [(&str, &str, u32); 78] = [
    ("en", "US", 1033),
    ("ar", "SA", 1025),
    ("bg", "BG", 1026),
    ("ca", "ES", 1027),
    ("zh", "CN", 2052),
    ("zh", "TW", 1028),
    ("zh", "HK", 3076),
    ("cs", "CZ", 1029),
    ("da", "DK", 1030),
    ("de", "DE", 1031),
    ("de", "CH", 2055),
    ("de", "AT", 3079),
    ("el", "GR", 1032),
    ("en", "GB", 2057),
    ("en", "AU", 3081),
    ("en", "CA", 4105),
    ("en", "NZ", 5129),
    ("en", "IE", 6153),
    ("en", "ZA", 7177),
    ("en", "IN", 16393),
    ("es", "ES", 3082),
    ("es", "MX", 2058),
    ("es", "AR", 11274),
    ("fi", "FI", 1035),
    ("fr", "FR", 1036),
    ("fr", "BE", 2060),
    ("fr", "CA", 3084),
    ("fr", "CH", 4108),
    ("he", "IL", 1037),
    ("hu", "HU", 1038),
    ("is", "IS", 1039),
    ("it", "IT", 1040),
    ("it", "CH", 2064),
    ("ja", "JP", 1041),
    ("ko", "KR", 1042),
    ("nl", "NL", 1043),
    ("nl", "BE", 2067),
    ("nb", "NO", 1044),
    ("nn", "NO", 2068),
    ("pl", "PL", 1045),
    ("pt", "BR", 1046),
    ("pt", "PT", 2070),
    ("ro", "RO", 1048),
    ("ru", "RU", 1049),
    ("hr", "HR", 1050),
    ("sk", "SK", 1051),
    ("sq", "AL", 1052),
    ("sv", "SE", 1053),
    ("sv", "FI", 2077),
    ("th", "TH", 1054),
    ("tr", "TR", 1055),
    ("ur", "PK", 1056),
    ("id", "ID", 1057),
    ("uk", "UA", 1058),
    ("be", "BY", 1059),
    ("sl", "SI", 1060),
    ("et", "EE", 1061),
    ("lv", "LV", 1062),
    ("lt", "LT", 1063),
    ("fa", "IR", 1065),
    ("vi", "VN", 1066),
    ("hy", "AM", 1067),
    ("eu", "ES", 1069),
    ("mk", "MK", 1071),
    ("af", "ZA", 1078),
    ("ka", "GE", 1079),
    ("hi", "IN", 1081),
    ("ms", "MY", 1086),
    ("kk", "KZ", 1087),
    ("bn", "IN", 1093),
    ("pa", "IN", 1094),
    ("gu", "IN", 1095),
    ("ta", "IN", 1097),
    ("te", "IN", 1098),
    ("kn", "IN", 1099),
    ("ml", "IN", 1100),
    ("mr", "IN", 1102),
    ("gl", "ES", 1110),
];

impl Culture {
    /// The culture of a language tag such as `en`, `fr-CA` or `zh-Hant`.
    pub(super) fn of(tag: &str) -> Self {
        let lower = tag.to_ascii_lowercase();
        let (language, region) = match lower.as_str() {
            "zh-hans" => ("zh", Some("cn")),
            "zh-hant" => ("zh", Some("tw")),
            "no" => ("nb", None),
            _ => {
                let mut parts = lower.split(['-', '_']);
                (parts.next().unwrap_or_default(), parts.next_back())
            }
        };
        let known = CULTURES
            .iter()
            .find(|(candidate, place, _)| *candidate == language && region.is_none_or(|region| place.eq_ignore_ascii_case(region)));
        match known {
            Some((language, region, lcid)) => Self {
                language: (*language).to_owned(),
                region: Some((*region).to_owned()),
                tag: format!("{language}-{region}"),
                lcid: *lcid,
            },
            None => {
                let region = region.map(str::to_ascii_uppercase);
                let tag = region.as_ref().map_or_else(|| language.to_owned(), |region| format!("{language}-{region}"));
                Self { language: language.to_owned(), region, tag, lcid: UNSPECIFIED }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_alone_stands_for_its_first_region() {
        for (tag, expected, lcid) in [
            ("en", "en-US", 1033),
            ("EN-us", "en-US", 1033),
            ("de", "de-DE", 1031),
            ("de_at", "de-AT", 3079),
            ("pt", "pt-BR", 1046),
            ("pt-pt", "pt-PT", 2070),
            ("zh-hant", "zh-TW", 1028),
            ("zh-Hans-CN", "zh-CN", 2052),
            ("no", "nb-NO", 1044),
            ("tlh", "tlh", 4096),
            ("en-DE", "en-DE", 4096),
        ] {
            let culture = Culture::of(tag);
            assert_eq!((culture.tag.as_str(), culture.lcid), (expected, lcid), "{tag}");
        }
        assert_eq!(Culture::of("tlh").region, None);
        assert_eq!(Culture::of("en-DE").region.as_deref(), Some("DE"));
    }
}
