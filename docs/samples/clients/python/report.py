#!/usr/bin/env python3
"""What a nightly run of a department does: reads every certificate in force, page by page, and verifies one.

ZHENGZHAO_URL  ZHENGZHAO_CLIENT_ID  ZHENGZHAO_CLIENT_SECRET  ZHENGZHAO_USE_FOR  [ZHENGZHAO_ITEM_CODE]  [ZHENGZHAO_PAGE]
"""

import os
import sys

from hub import Hub, HubError

CERTIFICATES = """
query Certificates($first: Int!, $after: String) {
  safetyOfficerCertificates(where: { status: { eq: VALID } }, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { identifier number status validTo categoryCode { code label } }
  }
}
"""

VERIFY = """
query Verify($id: ID!) {
  verifyCertificate(id: $id) { result genuine status reasons { code message } }
}
"""


def report():
    purpose = {"useFor": required("ZHENGZHAO_USE_FOR")}
    if os.environ.get("ZHENGZHAO_ITEM_CODE"):
        purpose["itemCode"] = os.environ["ZHENGZHAO_ITEM_CODE"]
    client = required("ZHENGZHAO_CLIENT_ID"), required("ZHENGZHAO_CLIENT_SECRET")
    hub = Hub(required("ZHENGZHAO_URL"), *client, purpose)
    first = int(os.environ.get("ZHENGZHAO_PAGE", "100"))

    hub.token()
    print(f"令牌 token: {hub.lifetime} s")

    certificates, masked, pages, after = [], set(), 0, None
    while True:
        data, hidden = hub.run(CERTIFICATES, {"first": first, "after": after})
        page = data["safetyOfficerCertificates"]
        pages += 1
        certificates += page["nodes"]
        masked.update(hidden)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    print(f"证照 certificates: {len(certificates)}，页 pages: {pages}")
    print(f"脱敏 masked: {' '.join(sorted(masked)) or '-'}")
    for one in certificates:
        category = one["categoryCode"] or {"code": "-", "label": ""}
        line = f"  {one['number']}  {one['status']}  {one['validTo'] or '-'}  {category['code']} {category['label'] or ''}"
        print(line.rstrip())

    if not certificates:
        return
    chosen = certificates[0]["identifier"]
    verified = hub.run(VERIFY, {"id": chosen})[0]["verifyCertificate"]
    genuine = {True: "true", False: "false", None: "null"}[verified["genuine"]]
    print(f"验证 verified: {chosen}")
    print(f"  {verified['result']}，真实 genuine: {genuine}，状态 status: {verified['status']}")
    for reason in verified["reasons"]:
        print(f"  {reason['code']}: {reason['message']}")


def required(name):
    value = os.environ.get(name)
    if not value:
        raise HubError("SETTINGS", f"请设置环境变量 set the environment variable {name}")
    return value


if __name__ == "__main__":
    # The words are Chinese whatever the machine's locale says.
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8")
    try:
        report()
    except HubError as error:
        sys.exit(f"错误 error: {error}")
