"""The managed data identifiers: a row is a name, what it looks like, what tells it from look-alikes, and the words of
which one must stand near it where numbers alone would be found everywhere.

Names and nearby words are those of the CloudWatch Logs user guide, "Types of data that you can protect"; expressions
are ours. Those of `NOT_FOUND` are AWS's too, and bayon cannot find what they mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bayon.languages.data_protection import checksums

PREFIX = "arn:aws:dataprotection::aws:data-identifier/"


@dataclass(frozen=True, slots=True)
class Identifier:
    """What is found: matches of `pattern`, its group `x` where it has one, that pass `holds`, near one of `words`."""

    name: str
    pattern: str
    holds: Callable[[str], bool] | None = None
    words: tuple[str, ...] = ()


def _iban(country: str, length: int) -> str:
    return rf"\b{country}\d{{2}}(?: ?[0-9A-Z]){{{length - 4}}}\b"


_ACCOUNT = ("account", "acct", "bank", "iban", "routing", "checking", "savings")
_PASSPORT = ("passport", "passeport", "reisepass", "pasaporte", "passaporto", "passnummer", "travel document")
_PHONE = ("phone", "tel", "mobile", "cell", "contact", "fax", "telefon", "telefono", "teléfono", "telefone", "celular",
          "portable", "handy", "móvil", "cellulare", "call", "fono", "number")  # fmt: skip
_PHONES = {
    "BR": r"(?:\+?55[ -]?)?(?:\(\d{2}\)|\b\d{2})[ -]?9?\d{4}[ -]?\d{4}\b",
    "DE": r"(?:\+49|\b0)[ -]?\(?\d{2,4}\)?[ /-]?\d{3,5}[ -]?\d{2,5}\b",
    "ES": r"(?:\+34[ -]?)?\b[6789]\d{2}[ -]?\d{3}[ -]?\d{3}\b",
    "FR": r"(?:\+33[ -]?|\b0)[1-9](?:[ .-]?\d{2}){4}\b",
    "GB": r"(?:\+44[ -]?|\b0)\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4}\b",
    "IT": r"(?:\+39[ -]?)?\b[03]\d{1,3}[ -]?\d{3,4}[ -]?\d{3,4}\b",
    "US": r"(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|\b[2-9]\d{2}[ .-]?)[2-9]\d{2}[ .-]?\d{4}\b",
}
_PASSPORTS = {
    "CA": r"\b[A-Z]{2}\d{6}\b",
    "DE": r"\b[CFGHJK][0-9CFGHJKLMNPRTVWXYZ]{8}\b",
    "ES": r"\b[A-Z]{3}\d{6}[A-Z]?\b",
    "FR": r"\b\d{2}[A-Z]{2}\d{5}\b",
    "GB": r"\b\d{9}\b",
    "IT": r"\b[A-Z]{2}\d{7}\b",
    "US": r"\b(?:[A-Z]\d{8}|\d{9})\b",
}
_SOCIAL = ("ssn", "ss#", "social security", "social")

TABLE = (
    Identifier("EmailAddress", r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"),
    Identifier(
        "IpAddress",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?i:\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b|"
        r"\b(?:[0-9a-f]{1,4}:){1,7}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})?|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}\b)",
        checksums.ip_address,
    ),
    Identifier(
        "CreditCardNumber", r"\b[2-6]\d{3}[ -]?(?:\d{4}[ -]?\d{4}[ -]?\d{1,7}|\d{6}[ -]?\d{4,5})\b", checksums.luhn
    ),
    Identifier(
        "CreditCardExpiration",
        r"\b(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?\d{2}\b",
        None,
        ("exp", "valid", "card", "good thru"),
    ),
    Identifier(
        "CreditCardSecurityCode", r"\b\d{3,4}\b", None, ("cvv", "cvc", "cid", "csc", "security code", "verification")
    ),
    Identifier(
        "AwsSecretKey",
        r"(?:^|[^A-Za-z0-9/+=])(?P<x>[A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+=])",
        lambda text: any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text)),
        ("secret", "aws", "key", "credential"),
    ),
    *(
        Identifier(name, rf"(?s)-----BEGIN {kind}-----.*?(?:-----END {kind}-----|$)")
        for name, kind in (
            ("OpenSshPrivateKey", "OPENSSH PRIVATE KEY"),
            ("PgpPrivateKey", "PGP PRIVATE KEY BLOCK"),
            ("PkcsPrivateKey", "(?:RSA |EC |DSA |ENCRYPTED )?PRIVATE KEY"),
        )
    ),
    Identifier("PuttyPrivateKey", r"(?s)PuTTY-User-Key-File-\d: .*?Private-MAC: [0-9a-f]+"),
    *(
        Identifier(f"BankAccountNumber-{country}", _iban(country, length), checksums.iban)
        for country, length in (("DE", 22), ("ES", 24), ("FR", 27), ("GB", 22), ("IT", 27))
    ),
    Identifier("BankAccountNumber-US", r"\b\d{8,17}\b", None, _ACCOUNT),
    Identifier(
        "Ssn-US", r"\b\d{3}([- ]?)\d{2}[- ]?\d{4}\b", checksums.ssn_us, ("ssn", "ss#", "social security", "social")
    ),
    Identifier(
        "IndividualTaxIdentificationNumber-US",
        r"\b9\d{2}[- ]?[5-9]\d[- ]?\d{4}\b",
        None,
        ("itin", "tax", "tin", "i.t.i.n"),
    ),
    *(Identifier(f"PhoneNumber-{country}", pattern, None, _PHONE) for country, pattern in _PHONES.items()),
    *(Identifier(f"PassportNumber-{country}", pattern, None, _PASSPORT) for country, pattern in _PASSPORTS.items()),
    Identifier("ZipCode-US", r"\b\d{5}(?:-\d{4})?\b", None, ("zip", "postal")),
    Identifier("PostalCode-CA", r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b", None, ("postal", "postale", "code")),
    Identifier(
        "CepCode-BR", r"\b\d{5}-?\d{3}\b", None, ("cep", "código de endereçamento postal", "codigo de endereco postal")
    ),
    Identifier(
        "LatLong", r"-?\b\d{1,2}\.\d{3,15}, ?-?\d{1,3}\.\d{3,15}\b", None, ("coordinate", "lat", "location", "position")
    ),
    Identifier("VehicleIdentificationNumber", r"\b(?i:[A-HJ-NPR-Z0-9]{17})\b", checksums.vin),
    Identifier("NationalInsuranceNumber-GB", r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"),
    Identifier("NhsNumber-GB", r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b", checksums.nhs, ("nhs", "national health", "health")),
    Identifier("CpfCode-BR", r"\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b", checksums.cpf),
    Identifier("Cnpj-BR", r"\b\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}\b", checksums.cnpj),
    Identifier("NifNumber-ES", r"\b\d{8}-?[A-Z]\b", checksums.spanish_letter),
    Identifier("NieNumber-ES", r"\b[XYZ]-?\d{7}-?[A-Z]\b", checksums.spanish_letter),
    Identifier("InseeCode-FR", r"\b[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}\b", checksums.insee),
    Identifier(
        "SocialInsuranceNumber-CA", r"\b\d{3}[ -]?\d{3}[ -]?\d{3}\b", checksums.luhn, ("sin", "social", "canadian id")
    ),
    Identifier(
        "TaxId-DE",
        r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b",
        checksums.german_tax_id,
        ("steuer", "idnr", "tax", "identifikation"),
    ),
    Identifier(
        "DrugEnforcementAgencyNumber-US", r"\b[ABFGMPR][A-Z9]\d{7}\b", checksums.dea, ("dea", "drug enforcement")
    ),
    Identifier("NationalProviderId-US", r"\b\d{10}\b", checksums.npi, ("npi", "provider", "hipaa")),
    Identifier(
        "MedicareBeneficiaryNumber-US",
        r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}\b",
        None,
        ("mbi", "medicare", "beneficiary"),
    ),
    Identifier("NationalDrugCode-US", r"\b\d{4,5}-\d{3,4}-\d{1,2}\b", None, ("ndc", "drug", "national drug code")),
    Identifier(
        "DateOfBirth",
        r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))\b",
        None,
        ("birth", "dob", "b-day", "geburt", "naissance", "nacimiento", "nascita", "nascimento"),
    ),
)
BY_NAME = {identifier.name: identifier for identifier in TABLE}

_LICENSES = (
    *("AT", "AU", "BE", "BG", "CA", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT"),
    *("LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "US"),
)
NOT_FOUND = frozenset(
    {
        *("Address", "Name", "ElectoralRollNumber-GB", "HealthInsuranceCardNumber-EU", "HealthInsuranceClaimNumber-US"),
        *("HealthInsuranceNumber-FR", "HealthcareProcedureCode-US", "PersonalHealthNumber-CA"),
        *("NationalIdentificationNumber-DE", "NationalIdentificationNumber-ES", "NationalIdentificationNumber-IT"),
        *("PermanentResidenceNumber-CA", "RgNumber-BR", "Ssn-ES", "TaxId-ES", "TaxId-FR", "TaxId-GB"),
        *(f"DriversLicense-{country}" for country in _LICENSES),
    }
)
