"""Facts of the merchant API document, as printed: keys, addresses, bodies, signatures (S3, S18-S29, S36, S42, S43)."""

from __future__ import annotations

SANDBOX = "https://api-dev.cdnsoftwaretech.com/api/v1/merchant"
PRODUCTION = "https://api.cdnsoftwaretech.com/api/v1/merchant"

TRANSACTION_ID = "3a5f04af-fb52-41ce-b9bc-283e72207cd5"
CARD_NUMBER = "4242424242424242"
CARD_DETAILS_URL = f"https://pay-dev.cdnsoftwaretech.com/{TRANSACTION_ID}"

# The example key pair of S43. Its private half is public, so that it protects nothing (P40).
PRIVATE_PEM = """\
-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAmjioBgaues2Cv2jlnNnpI8HXktevZzJJaaiPWIh6m8psyay4
IuDscJM8DOYAat5pxwQBtqsP8iO0/wAtSfL7eUD1ryIS47YRqi+pRFICfVT8Lno1
hCJFTaP2CMPAYxmM5/5X43ChiR5e7ho8E+J9iPmevDJEUBOQV17GGLrD7jzxbo62
Pqv4lFt9PIuPV7LyagjrU+6ep0X3Ul82je7NtvKhtMC6Y8GgbkjxTytvO6FaNJAx
35PHRaZ55asA81xwWSqoH4hsM0PK2PGICqfRmj4zu5mbGnTss7/2xnHkxGKXUTfz
t8yi9wzI2fna0+SZVIxjO+HhVAig9EkUJSvhKQIDAQABAoIBABBUx5Y7xuZCNQJH
/WiqusGKmWV3aZ+n95Y0v1lEupcczIBexfELmH4jWUyUXp7yhokIp5XMb5fYqCYI
wsL99BtXAa1WEmICucQn3+jYNmNHSJ0zW89uQaCDKF6tPAZCgmVezbfMCY8XpD3a
kVoZtel3ZZPQTuOb7sERzDB6Np1XtJxvtF93td6GgW/Q3obfwU3VmSVjydVRG1Ui
CiACzsPZUobeqBrWHaYd0TyM3UfSpvUYfEivCiSuhiTxXntijXgvJxUu2cUrL410
U10II4eamV3ZwZm2DM2szoEvrr/WQP7tUGYnSv9I78HZEhQRz7LHWQJz18v0BnuV
xhfoaTECgYEA1Fn3igEPBxonmYjE175q8OcDnlkyFnY/KzmqM0+tqMxkbvVb8aZz
OhT6Taqjyu0pikrDeNswxr4LG7oP1+OMLTJv4m8+0+sOtvMd6lVmRRp6PffFQwlp
gF2CibF74TO5D7u/NUV4Xli2xE2Os6cTFIOmE0z3vGqmSARp7BBoojcCgYEAueva
3l1VVP3NyTSAsR2yh98h9o1d+xev3bhOWE3cQ83Hp79/YYvxRw9BrbyAyXbAc7Qc
pOg6w5oGrimO71d8IIYGMpGGkmEbrCVs5AodrGEk3WcNd13uaRnVGe/+Ia7fgJr+
TUuI5q5r4/wVbc9GiOz4LHRqk+CJp0z3cMLtZ58CgYEAzsCd3Hc1a4PSpJFennRe
6Rj0E/viYa5VyL9HcNgWTDBdZQ9tqvWWYSnFn1MSUOTiuiwa8BPyBL9KT3+0J038
0JC4EO6hbHIDjKtfKCZoAcZK2QThwmhqmTnyfCAbbmQOvjvdan+uN6YGpVCiLVbx
o9qeG1KoLoJkTeBGRTqgtbcCgYEAhrfgYEBBFNTTyHfCyJQ8STfl5EGLV+ZSCNcD
7fh9IqR5h5O7OXOt4U+sx7dPmqvxx+U63ENqUVHKhWiXqdY6m1aCJyJL4MV8x8BW
puatmbrKe6Ownk3x8zZEtAaynrWYPhgRLPEOwhihFRIUdP08nvsW2R+CGqUZGaEr
qwmT/QECgYBtSALhzndWGY0HA1Qim1PyrI9vW1hocPSRUZXCYy8ComSFKKbM9Ho+
si51JB+5db78c3ECiogfAYQ7PZWCwBPkVSK+nlLbMZg4+qZ2EdD3lsbj0BOwusfU
IsZgSztrFag/naKCJtqeHxhrDi4gqxAmQnBcObH+ouPbJ2k3DFjVbw==
-----END RSA PRIVATE KEY-----
"""
PUBLIC_PEM = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmjioBgaues2Cv2jlnNnp
I8HXktevZzJJaaiPWIh6m8psyay4IuDscJM8DOYAat5pxwQBtqsP8iO0/wAtSfL7
eUD1ryIS47YRqi+pRFICfVT8Lno1hCJFTaP2CMPAYxmM5/5X43ChiR5e7ho8E+J9
iPmevDJEUBOQV17GGLrD7jzxbo62Pqv4lFt9PIuPV7LyagjrU+6ep0X3Ul82je7N
tvKhtMC6Y8GgbkjxTytvO6FaNJAx35PHRaZ55asA81xwWSqoH4hsM0PK2PGICqfR
mj4zu5mbGnTss7/2xnHkxGKXUTfzt8yi9wzI2fna0+SZVIxjO+HhVAig9EkUJSvh
KQIDAQAB
-----END PUBLIC KEY-----
"""

# S42: what the three examples send.
CREATE_URL = f"{SANDBOX}/transactions/"
CREATE_BODY = (
    b'{"external_id":"24","amount":150.23,"currency":"eur",'
    b'"redirect_url_success":"https://example.com/successful_transaction",'
    b'"redirect_url_fail":"https://example.com/failed_transaction","expires_at":"2021-12-22T05:17:56.323",'
    b'"payer_details":{"external_id":"32556","first_name":"Edvard","last_name":"Munch","email":"ed.munch@gmail.com",'
    b'"address1":"Toyengata 53","city":"Oslo","state":"","country":"NO","zip":"0578","phone":"+4723493500",'
    b'"date_of_birth":"2019-08-24T14:15:22Z"}}'
)
LOOKUP_URL = f"{SANDBOX}/transactions/?external_id=24"
STATUS_URL = f"{SANDBOX}/transactions/{TRANSACTION_ID}"

# S43: the signatures of the three, made with the example key.
CREATE_SIGNATURE = (
    "PPoh2Cpxj7xG0jKnFicX0Tv7D9P9Zo7vn7HK0e2+Xwbvao6MLWR39eLgqvxYjPY4LaAkggBuOPZFcJkdjBP2FP"
    "ufbEbB0pKgie19Vcg/OANWlgk0d+snTwtdg0touY+VAmoj3gVfeHTSZpdntrF12jqKTx0Kq6HRaquzJ7hiJlul"
    "b0GoKwW+hVY5VOA+ulIg4XQvBn/runpKvQP2UkvSJw3aBD1GZBgzVXM8LW/u79QqopyZMFtI/mqAd583F0IYPB"
    "4nXZigpcf1Tq/ekmxsjBquMl54J8LekpuNXsaopcFuzlKplwjS7CH55VRrgNxPKeMMeWGPg5AOxLdE7uDN0w=="
)
LOOKUP_SIGNATURE = (
    "Wn8e3M2C3VFILseo9qrplxVET4Wg7GXS+l3NCeiL3tk1ss67EKPIbWPZVrcnlR6L3s14MEiibeZJKfMxnJpwWN"
    "IAvx9SINOjwtCj07W3TowDUOpgzS09hJd3p57U2nhTjArm9MyoCCNruUwxr0qNE/v7poFIdOcR1AcqQVGLtBIU"
    "SIkDkyB7XeeynwCFNIX4CN6nP+WEhwKcZOGh4PmYrdL47FNcSVpEi0aWxOaP8sC28dbf+xUTQ6xFxEjDRXOlby"
    "UsnMyFPbo8loAjgrRHqM+3hoQh1b38Uk06rzyBjwpKuXA6476VUkWkej+eCBWskxdRXk2WOTcw/YpqgTgCKQ=="
)
STATUS_SIGNATURE = (
    "fAzPzziFlwUM3iTO3gw32BzLSLupXaIeXOwVSuohnUY6OpAvZicftGKBYpPXDKzbTn/7sgils0LalukhnAHR0t"
    "EG6JHeiHjDh2G+hZeAElxJAnz7tBZ+rlyDlk1YBNvGq1YXHfZSbTCmVWEgHl8fSOdxSTvs2E40iXNvEEFlelUT"
    "kH80nX7WbKeTcBvObVW8+jnLBCMi4pp/ddDhnyRmgSGRh0NJzg+62z8NfF0zLOKu8QmRmkjFtmonhE6LAbJ9IY"
    "ZiSSTSd3NDvL0jCvj+mFyu4d9GyJFwZGH5lZCYjjzvrFzLWV4+KtOpUf2Yo2j03/op6ESacG8QfU+H1CUn2Q=="
)

# S18: the create example's body differs from S42's in the date of birth.
CREATE_EXAMPLE_BODY = CREATE_BODY.replace(b"T14:15:22Z", b"")
CREATE_RESPONSE = (
    b'{"id":"3a5f04af-fb52-41ce-b9bc-283e72207cd5","external_id":"24","amount":150.23,"currency":"eur",'
    b'"created_at":"2022-04-08T11:11:59.711317","updated_at":"2022-04-08T11:11:59.711319",'
    b'"expires_at":"2022-04-08T11:11:59.711320","status":"pending","error_code":null,"error_message":null,'
    b'"payment_url":"https://pay-dev.worldwidesecuretx.com/3a5f04af-fb52-41ce-b9bc-283e72207cd5",'
    b'"merchant_currency_amount":150.23}'
)

# S20: card details of a payment.
CARD_BODY = (
    b'{"transaction_id":"3a5f04af-fb52-41ce-b9bc-283e72207cd5","number":"4242424242424242",'
    b'"exp_month":6,"exp_year":2025,"csc":"048"}'
)

# S21: the answer to a look-up, printed with blanks and its amount a string.
STATUS_RESPONSE_SPACED = (
    b'{"id": "3a5f04af-fb52-41ce-b9bc-283e72207cd5", "external_id": "24", "amount": "150.23", "currency": "eur", '
    b'"created_at": "2022-04-08T11:11:59.711317", "updated_at": "2022-04-08T11:11:59.711319", '
    b'"expires_at": "2022-04-08T11:11:59.711320", "status": "executed", "error_code": null, "error_message": null, '
    b'"payment_url": "https://pay-dev.worldwidesecuretx.com/3a5f04af-fb52-41ce-b9bc-283e72207cd5", '
    b'"merchant_currency_amount": 150.23}'
)

# S24, S26, S28, S29: payouts, all printed with blanks.
PAYOUT_BODY_SPACED = (
    b'{ "amount": 100.11, "currency": "EUR", "external_id": "8bf10678-c3a1-47e6-89b7-25fd8552f154", '
    b'"firstname": "John", "lastname": "Doe", "email": "test@test.com", "ip": "10.10.10.10", '
    b'"nonce": "5qDYsAnMz32fULl81YpGqvK9e4nCfvrU", "notification_url": "https://example.com/webhook", '
    b'"sending_card_details": false }'
)
PAYOUT_RESPONSE_SPACED = (
    b'{ "uuid": "33788af4-8a3d-4806-b546-4e8f1418197d", "external_id": "8bf10678-c3a1-47e6-89b7-25fd8552f154", '
    b'"status": "pending", "error_code": null, "error_message": null, "amount": "100.11", "currency": "eur", '
    b'"card_details_url": null, '
    b'"payout_url": "https://payout-dev.cdnsoftwaretech.com/3a5f04af-fb52-41ce-b9bc-283e72207cd5", '
    b'"created_at": "2024-10-14T07:13:07.582317", "updated_at": "2024-10-14T07:13:07.582320" }'
)
PAYOUT_CARD_BODY_SPACED = (
    b'{ "transaction_id": "3a5f04af-fb52-41ce-b9bc-283e72207cd5", "number": "4242424242424242", '
    b'"exp_month": 6, "exp_year": 2025 }'
)
PAYOUT_CARD_RESPONSE_SPACED = b'{ "status": "executed", "error_code": null, "error_message": null }'
PAYOUT_STATUS_RESPONSE_SPACED = (
    b'{ "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "external_id": "string", "status": "string", '
    b'"error_code": "string", "error_message": "string", "amount": "string", "currency": "string", '
    b'"created_at": "2024-10-10T22:26:40.239Z", "updated_at": "2024-10-10T22:26:40.239Z" }'
)

# S35 prints the webhook payload with blanks, S36 without; the signature S36 prints fits neither (P16).
WEBHOOK_BODY = CREATE_RESPONSE.replace(b'"pending"', b'"executed"')
WEBHOOK_BODY_SPACED = STATUS_RESPONSE_SPACED.replace(b'"150.23"', b"150.23")
WEBHOOK_SIGNATURE = (
    "evRePZNKZxUK5ThSld2hcV5LXgwBzuErzaiOJadJP09DEG04C4Kg9XRN/yGiRmCFqTSrt/3b1NUO9yKdVc6bJT"
    "SKVp82iKwVTGoBEkT0lj/b/h2QKHc5dBhuwMmaopPbgs3KU7SWa0oqLpq6cRDzwb+G3pA2rrUyi9rnZS3pLtNM"
    "eBstte4Fbg1Fed09Xp6ZlFkFi9bVxkTrvy3z300nvabI9VNq86rEZpUPuQmIMYlCCTkDViGxpJPg+sIiEHpWf0"
    "RzeUaOZfR13oII88Zn2iRtRMg6OM615JRTzqnc4uZgf6BWJr56j2NJvHJZTUxU+vePWy1OaABJFyY0Ye2PuQ=="
)


def minified(body: bytes) -> bytes:
    """One of the bodies above without its blanks (no string of theirs has a blank beside a brace, comma or colon)."""
    for printed, plain in ((b"{ ", b"{"), (b" }", b"}"), (b", ", b","), (b'": ', b'":')):
        body = body.replace(printed, plain)
    return body
