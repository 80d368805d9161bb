//! Defaults that are no value of their claim.

use super::references::references;
use crate::check::chain::Chain;
use crate::claims::{Template, from_text};
use crate::diagnostic::{Diagnostic, code};

/// A DefaultValue must parse as its claim's data type (troubleshoot). What resolvers give is known only in a run.
pub(super) fn bad_defaults(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    // Planning says the same of the defaults that the journey reaches, with less around it.
    found.retain(|diagnostic| diagnostic.code != code::BAD_DEFAULT);
    for reference in references(chain) {
        let Some(default) = &reference.claim.default_value else { continue };
        let Some(claim) = chain.claim_type(&reference.claim.claim) else { continue };
        let Some(data_type) = &claim.data_type else { continue };
        if !Template::parse(default).is_literal() {
            continue;
        }
        let Err(error) = from_text(default, data_type.value) else { continue };
        let words = error.to_string();
        let message = format!(
            "the default `{}` of the claim `{}` is no value of the data type `{}`: {words}",
            default.value,
            claim.id.value,
            data_type.name()
        );
        found.push(
            Diagnostic::error(code::BAD_DEFAULT, message)
                .at(default.span)
                .label(data_type.span, format!("`{}` is declared as `{}`", claim.id.value, data_type.name()))
                .help(format!(
                    "write a value of `{}`, or leave `DefaultValue` out; the upload only says `Input string was not in a correct format`",
                    data_type.name()
                )),
        );
    }
}
