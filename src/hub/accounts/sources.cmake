# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS accounts/passwords.h accounts/audit.h accounts/accounts.h accounts/tokens.h accounts/sessions.h
    accounts/device_flow.h accounts/first_admin.h accounts/profiles.h accounts/availability.h accounts/own_profile.h
    accounts/sign_up.h accounts/overview.h accounts/detail/account_rules.h)
list(APPEND HUB_SOURCES accounts/passwords.cpp accounts/audit.cpp accounts/accounts.cpp accounts/tokens.cpp
    accounts/authenticate.cpp accounts/sessions.cpp accounts/device_flow.cpp accounts/first_admin.cpp
    accounts/profiles.cpp accounts/availability.cpp accounts/overview.cpp accounts/own_profile.cpp accounts/sign_up.cpp
    accounts/detail/account_rules.cpp)
list(APPEND HUB_TESTS accounts/accounts_test.cpp accounts/tokens_test.cpp accounts/sessions_test.cpp
    accounts/device_flow_test.cpp accounts/own_profile_test.cpp accounts/sign_up_test.cpp)
