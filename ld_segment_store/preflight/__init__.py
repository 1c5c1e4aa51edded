# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Preflight of a real store: what would keep LaunchDarkly from writing to it, found before LaunchDarkly is told of it.

It needs nothing from LaunchDarkly and changes nothing in the store. `redis_store.preflight_redis` and
`dynamodb_store.preflight_dynamodb` return lists of `Check`.
"""
