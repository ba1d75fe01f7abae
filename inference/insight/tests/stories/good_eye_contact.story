device-check
only good_eye_contact
0:00 speak 140
1:00 end
expect hint good_eye_contact between 0:28 and 0:45
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
