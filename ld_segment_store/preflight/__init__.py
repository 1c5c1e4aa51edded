# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Preflight: find what would stop LaunchDarkly from writing to a store, before connecting LaunchDarkly to it.

It needs no LaunchDarkly account and changes nothing in the store. `redis.store.preflight_redis` and
`dynamodb.store.preflight_dynamodb` return lists of `Check`.
"""
