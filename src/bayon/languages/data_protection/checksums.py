"""What tells a number that can have been issued from any other of its form. In: the text as it was found."""

from __future__ import annotations

import ipaddress


def digits(text: str) -> list[int]:
    """The decimal digits in a text."""
    return [int(letter) for letter in text if letter.isascii() and letter.isdecimal()]


def luhn(text: str) -> bool:
    """Whether the last digit is the check digit of the others. Source: ISO/IEC 7812-1."""
    numbers = digits(text)
    doubled = [number * 2 - 9 if number > 4 else number * 2 for number in numbers[-2::-2]]
    return len(set(numbers)) > 1 and (sum(numbers[-1::-2]) + sum(doubled)) % 10 == 0


def iban(text: str) -> bool:
    """Source: ISO 13616, modulo 97."""
    compact = "".join(text.split()).upper()
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def ip_address(text: str) -> bool:
    """Whether it is an address of version 4 or 6."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def ssn_us(text: str) -> bool:
    """Source: Social Security Administration, numbers never assigned."""
    compact = "".join(map(str, digits(text)))
    area, group, serial = compact[:3], compact[3:5], compact[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def nhs(text: str) -> bool:
    """Source: NHS data dictionary, NHS number, modulo 11."""
    numbers = digits(text)
    check = 11 - sum(number * (10 - place) for place, number in enumerate(numbers[:9])) % 11
    return check != 10 and numbers[9] == check % 11


def cpf(text: str) -> bool:
    """Source: Receita Federal, modulo 11 twice."""
    numbers = digits(text)
    return len(set(numbers)) > 1 and all(
        numbers[size] == sum(n * (size + 1 - place) for place, n in enumerate(numbers[:size])) * 10 % 11 % 10
        for size in (9, 10)
    )


def cnpj(text: str) -> bool:
    """Source: Receita Federal, modulo 11 twice."""
    numbers = digits(text)
    weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    for size in (12, 13):
        rest = sum(n * weight for n, weight in zip(numbers[:size], weights[-size:], strict=True)) % 11
        if numbers[size] != (0 if rest < 2 else 11 - rest):
            return False
    return len(set(numbers)) > 1


def vin(text: str) -> bool:
    """Source: ISO 3779 and 49 CFR 565.15, the check digit in the ninth place."""
    letters, stands_for = "ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789"
    values = {letter: int(number) for letter, number in zip(letters, stands_for, strict=True)}
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    numbers = [int(letter) if letter.isdecimal() else values[letter] for letter in text.upper()]
    rest = sum(number * weight for number, weight in zip(numbers, weights, strict=True)) % 11
    return text[8].upper() == ("X" if rest == 10 else str(rest))


def dea(text: str) -> bool:
    """Source: Drug Enforcement Administration, registration number verification."""
    numbers = digits(text[2:])
    total = sum(numbers[0:6:2]) + 2 * sum(numbers[1:6:2])
    return total % 10 == numbers[6]


def npi(text: str) -> bool:
    """Source: 45 CFR 162.406, the Luhn digit over 80840 and the number."""
    return luhn("80840" + "".join(map(str, digits(text))))


def spanish_letter(text: str) -> bool:
    """Source: Real Decreto 1553/2005, the letter of a DNI or NIE, modulo 23."""
    compact = "".join(letter for letter in text.upper() if letter.isalnum())
    number = int(compact[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2"))
    return compact[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


def insee(text: str) -> bool:
    """Source: INSEE, the key of a numéro d'inscription, modulo 97."""
    compact = "".join(text.split()).upper().replace("2A", "19").replace("2B", "18")
    return int(compact[-2:]) == 97 - int(compact[:-2]) % 97


def german_tax_id(text: str) -> bool:
    """Source: Bundeszentralamt für Steuern, ISO/IEC 7064 MOD 11,10."""
    numbers, product = digits(text), 10
    for number in numbers[:10]:
        total = (number + product) % 10 or 10
        product = total * 2 % 11
    return numbers[10] == (11 - product) % 10
